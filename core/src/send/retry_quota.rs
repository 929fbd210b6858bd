//! The retry quota of a client: a token bucket, so that the callers' retries do not multiply the load of an outage.

use super::sync::{AtomicU32, Ordering};
use crate::error::ErrorKind;

// The three numbers are those of the AWS SDKs' standard retry mode, version of 2026 ("Retry behavior" in the AWS SDKs and Tools
// Reference Guide). Nobody has measured better ones for this API; docs/design.md has what they do in a simulated outage.

/// The tokens of a full bucket. They allow some 35 repeats in an outage (500 / 14).
const FULL: u32 = 500;
/// The cost of a repeat after a failure that may pass. It is far above the 1 that a success returns, so that repeats stop while
/// most calls fail.
const TRANSIENT: u32 = 14;
/// The cost of a repeat after a 429. It is less, since the server still answers, and the throttle already holds the client back.
const LIMITED: u32 = 5;

/// The bucket: repeats take tokens from it, successes return them.
#[derive(Debug)]
pub(crate) struct RetryQuota(AtomicU32);

impl RetryQuota {
    /// A full bucket, as each client begins with.
    pub(crate) fn full() -> RetryQuota {
        RetryQuota(AtomicU32::new(FULL))
    }

    /// Takes the cost of another attempt after a failure of this kind and returns it; none, and takes nothing, where too little is
    /// left.
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

    /// Returns the cost of the attempt that succeeded to the bucket; one token where the first attempt did.
    pub(crate) fn give(&self, cost: u32) {
        // The result is of no use: the closure never refuses the update.
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
