//! What threads share in the policies: loom's own kinds where it plays every order of their steps.

#[cfg(not(all(test, penbox_loom)))]
pub(super) use std::sync::{Mutex, MutexGuard, atomic::AtomicU32};

#[cfg(all(test, penbox_loom))]
pub(super) use loom::sync::{Mutex, MutexGuard, atomic::AtomicU32};

pub(super) use std::sync::PoisonError;
pub(super) use std::sync::atomic::Ordering;
