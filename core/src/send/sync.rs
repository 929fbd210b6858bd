//! The locks and atomics that the policies share between threads. The models of `tests/loom` put loom's own kinds in this
//! module's place, so the policies name them here only.

pub(crate) use std::sync::atomic::{AtomicU32, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};
