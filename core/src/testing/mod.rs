//! What is compiled for tests and fuzzing only: a simulated world, a scripted server, injected faults, models of interleavings, fuzz targets.

#[cfg(test)]
mod extraction;
#[cfg(test)]
mod fault_injection;
pub mod fuzz;
mod http_reference;
#[cfg(all(test, penbox_loom))]
mod loom_models;
mod scripted_server;
pub(crate) mod simulation;
