//! What threads share in the policies. The models of tests/loom put loom's own kinds in this module's place.

pub(crate) use std::sync::atomic::{AtomicU32, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};
