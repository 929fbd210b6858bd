//! What is compiled for tests and fuzzing only: a simulated world, a scripted server, injected faults, fuzz targets.

#[cfg(test)]
mod extraction;
#[cfg(test)]
mod fault_injection;
pub mod fuzz;
mod http_reference;
mod scripted_server;
pub(crate) mod simulation;
