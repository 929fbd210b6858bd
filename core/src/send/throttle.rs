//! The throttle of a whole client after a 429: the server's limit concerns the token, and not only the thread that met it.

use std::time::{Duration, Instant};

use super::sync::{Mutex, MutexGuard, PoisonError};

/// The time between two looks of a call that waits for the probe. It adds to the call's wait, but does not show
/// beside the spread that follows, which is up to a second and more. A shorter time would wake every waiting thread more often.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The longest wait for the probe. The probe may be a file that takes minutes, and must not hold everybody up for so long.
const LONGEST_PROBE: Duration = Duration::from_secs(2);

/// The longest that a 429 throttles a client. A time that was meant for somebody else, or has no end, must not make the client
/// useless.
pub(crate) const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The throttle of a client. Nothing is sent before the time that the server named. Then one call, the probe, finds out whether
/// the server answers again. Then the others follow, spread out.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Option<ServerWait>>);

/// The wait that a 429 named.
#[derive(Clone, Copy, Debug)]
struct ServerWait {
    until: Instant,
    /// The longest of the random waits that spread the others.
    spread: Duration,
    /// The time at which the probe was sent, if it was.
    probe: Option<Instant>,
}

/// The decision whether a call may send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Send at once.
    Go,
    /// Send at once, as the probe for all who wait.
    Probe,
    /// Wait until the time that the server named.
    Wait(Instant),
    /// A probe is in flight: ask for a decision again at this time, and then wait a random part of this spread.
    AwaitProbe(Instant, Duration),
}

impl Throttle {
    /// Begins the wait that a 429 named. A wait in effect is replaced if it ends earlier, or if its probe was sent: then this 429
    /// may be the probe's own.
    pub(crate) fn begin(&self, until: Instant, spread: Duration) {
        let mut current = self.current();
        if current.is_none_or(|wait| wait.probe.is_some() || wait.until < until) {
            *current = Some(ServerWait {
                until,
                spread,
                probe: None,
            });
        }
    }

    /// Ends the wait at once: it belongs to a token that is no longer used.
    pub(crate) fn end(&self) {
        *self.current() = None;
    }

    /// Decides whether a call may send now. The call that gets [`Decision::Probe`] must report its end by
    /// [`end_probe`](Throttle::end_probe).
    pub(crate) fn decide(&self, now: Instant) -> Decision {
        let mut current = self.current();
        match &mut *current {
            None => Decision::Go,
            Some(wait) if now < wait.until => Decision::Wait(wait.until),
            Some(elapsed) => match elapsed.probe {
                None => {
                    elapsed.probe = Some(now);
                    Decision::Probe
                }
                Some(since) if now < since + LONGEST_PROBE => {
                    Decision::AwaitProbe(now + POLL_INTERVAL, elapsed.spread)
                }
                Some(_) => {
                    *current = None;
                    Decision::Go
                }
            },
        }
    }

    /// The rest of the wait; none where it is over.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        let wait = (*self.current())?;
        let left = wait.until.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Ends the probe, whatever its result. A new 429 has begun a new wait before this call, and that one stays in effect.
    pub(crate) fn end_probe(&self) {
        let mut current = self.current();
        if current.is_some_and(|wait| wait.probe.is_some()) {
            *current = None;
        }
    }

    /// Returns the time until which nothing is sent; none where calls may be sent.
    pub(crate) fn until(&self, now: Instant) -> Option<Instant> {
        let wait = (*self.current())?;
        Some(wait.until).filter(|until| now < *until)
    }

    fn current(&self) -> MutexGuard<'_, Option<ServerWait>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn one_probe_finds_out_for_all() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let at = |seconds: u32| start + SECOND * seconds;
        assert_eq!(throttle.decide(start), Decision::Go);
        throttle.begin(at(10), SECOND);
        throttle.begin(at(5), SECOND);
        assert_eq!(
            (throttle.until(at(9)), throttle.until(at(10))),
            (Some(at(10)), None)
        );
        assert_eq!(throttle.decide(at(9)), Decision::Wait(at(10)));
        assert_eq!(throttle.decide(at(10)), Decision::Probe);
        let others = Decision::AwaitProbe(at(10) + POLL_INTERVAL, SECOND);
        assert_eq!(throttle.decide(at(10)), others);
        throttle.end_probe();
        assert_eq!(throttle.decide(at(10)), Decision::Go);
    }

    #[test]
    fn a_probe_that_is_refused_begins_a_new_wait() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        throttle.begin(start, SECOND);
        assert_eq!(throttle.decide(start), Decision::Probe);
        throttle.begin(start + SECOND, SECOND);
        throttle.end_probe();
        assert_eq!(throttle.decide(start), Decision::Wait(start + SECOND));
        assert_eq!(throttle.decide(start + SECOND), Decision::Probe);
    }

    #[test]
    fn a_slow_probe_holds_nobody_up_for_long() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        throttle.begin(start, SECOND);
        assert_eq!(throttle.decide(start), Decision::Probe);
        assert_eq!(throttle.decide(start + LONGEST_PROBE), Decision::Go);
        throttle.end_probe();
        assert_eq!(throttle.decide(start + LONGEST_PROBE), Decision::Go);
    }
}
