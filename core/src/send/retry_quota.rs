//! What a client may spend on repeating: an outage is not multiplied by its callers' patience.

use super::sync::{AtomicU32, Ordering};
use crate::error::ErrorKind;

const FULL: u32 = 500;
/// What an attempt costs after a failure that may pass, and after a 429.
const TRANSIENT: u32 = 14;
const LIMITED: u32 = 5;

/// Tokens that repeats take and successes give back.
#[derive(Debug)]
pub(crate) struct RetryQuota(AtomicU32);

impl RetryQuota {
    pub(crate) fn full() -> RetryQuota {
        RetryQuota(AtomicU32::new(FULL))
    }

    /// Takes what another attempt after such a failure costs; how much that was, or nothing where too little is left.
    pub(crate) fn take(&self, kind: ErrorKind) -> Option<u32> {
        let cost = match kind {
            ErrorKind::RateLimit => LIMITED,
            _ => TRANSIENT,
        };
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(cost)
            });
        taken.ok().map(|_| cost)
    }

    /// Gives back what the attempt that succeeded had cost; one token for a call that needed no other.
    pub(crate) fn give(&self, cost: u32) {
        // Always an update: the closure never refuses.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                Some((left + cost.max(1)).min(FULL))
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_uses_it_up_and_successes_fill_it_again() {
        let quota = RetryQuota::full();
        let repeats = (0..).take_while(|_| quota.take(ErrorKind::Server).is_some());
        assert_eq!(repeats.count(), 35);
        assert_eq!(quota.take(ErrorKind::RateLimit), Some(5));
        assert_eq!(quota.take(ErrorKind::RateLimit), Some(5));
        assert_eq!(quota.take(ErrorKind::RateLimit), None);
        (0..4).for_each(|_| quota.give(0));
        assert_eq!(quota.take(ErrorKind::RateLimit), None);
        quota.give(0);
        assert_eq!(quota.take(ErrorKind::RateLimit), Some(5));
        quota.give(14);
        assert_eq!(quota.take(ErrorKind::Connection), Some(14));
        (0..1_000).for_each(|_| quota.give(14));
        assert_eq!(quota.0.load(Ordering::Relaxed), FULL);
    }
}
