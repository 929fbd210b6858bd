//! The name of a call in the pool.

/// A call in the pool. `turn` tells it from an earlier call with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallId {
    pub(super) key: usize,
    pub(super) turn: u64,
}
