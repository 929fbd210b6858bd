//! Code that is compiled for tests and fuzzing only: simulation, scripted server, fault injection, fuzz targets.

#[cfg(test)]
mod extraction;
#[cfg(test)]
mod fault_injection;
pub mod fuzz;
mod http_reference;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod pool_bounds;
mod scripted_server;
pub(crate) mod simulation;
