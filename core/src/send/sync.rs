//! What threads share in the policies: loom's own kinds where it plays every order of their steps.

#[cfg(not(all(test, penbox_loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic::AtomicU32};

#[cfg(all(test, penbox_loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic::AtomicU32};

pub(crate) use std::sync::PoisonError;
pub(crate) use std::sync::atomic::Ordering;
