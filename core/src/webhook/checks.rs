//! The validated settings of a verifier.

use std::sync::Arc;

use super::algorithm::Algorithm;
use super::claims::Expected;
use super::clock::Clock;
use super::keys::Keys;
use super::replay::Guard;

/// The validated settings of a verifier, and its keys.
pub(super) struct Checks {
    pub(super) expected: Expected,
    /// The accepted algorithms.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) keys: Keys,
    /// The replay guard; none where repeats are accepted.
    pub(super) guard: Option<Guard>,
    pub(super) clock: Arc<dyn Clock>,
}
