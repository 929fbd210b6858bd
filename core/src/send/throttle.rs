//! The pause of a whole client after a 429: the server asked for quiet, and not of one thread only.

use std::time::{Duration, Instant};

use super::sync::{Mutex, MutexGuard, PoisonError};

/// How often those who wait for the probe look whether it came back.
const LOOK: Duration = Duration::from_millis(20);
/// How long they wait for it: a probe may be a file that takes minutes.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest that a 429 keeps a client quiet: a time that was meant for somebody else, or never, must not make it useless.
pub(crate) const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Nobody sends before the server's time; then one does, to see whether it may, and then the rest, spread out.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Option<Quiet>>);

/// A pause that was asked for.
#[derive(Clone, Copy, Debug)]
struct Quiet {
    until: Instant,
    /// By how much the rest is spread.
    spread: Duration,
    /// Since when one of them finds out.
    probe: Option<Instant>,
}

/// Whether one may send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    /// At once.
    Go,
    /// At once, for all who wait.
    Probe,
    /// Not before a moment that the server named.
    Asked(Instant),
    /// One finds out: look again then. After that one goes within the spread.
    Others(Instant, Duration),
}

impl Throttle {
    /// The server asked for quiet. What it asked later counts, unless that ends earlier.
    pub(crate) fn begin(&self, until: Instant, spread: Duration) {
        let mut quiet = self.quiet();
        if quiet.is_none_or(|quiet| quiet.probe.is_some() || quiet.until < until) {
            *quiet = Some(Quiet {
                until,
                spread,
                probe: None,
            });
        }
    }

    /// Asks for a turn. Whoever is told to probe says when that is [`over`](Throttle::over).
    pub(crate) fn decide(&self, now: Instant) -> Decision {
        let mut quiet = self.quiet();
        match &mut *quiet {
            None => Decision::Go,
            Some(asked) if now < asked.until => Decision::Asked(asked.until),
            Some(ended) => match ended.probe {
                None => {
                    ended.probe = Some(now);
                    Decision::Probe
                }
                Some(since) if now < since + PATIENCE => Decision::Others(now + LOOK, ended.spread),
                Some(_) => {
                    *quiet = None;
                    Decision::Go
                }
            },
        }
    }

    /// The probe came back, whatever it brought: a new 429 has begun a new pause by then.
    pub(crate) fn over(&self) {
        let mut quiet = self.quiet();
        if quiet.is_some_and(|quiet| quiet.probe.is_some()) {
            *quiet = None;
        }
    }

    fn quiet(&self) -> MutexGuard<'_, Option<Quiet>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn one_finds_out_for_all() {
        let (pause, start) = (Throttle::default(), Instant::now());
        let at = |seconds: u32| start + SECOND * seconds;
        assert_eq!(pause.decide(start), Decision::Go);
        pause.begin(at(10), SECOND);
        pause.begin(at(5), SECOND);
        assert_eq!(pause.decide(at(9)), Decision::Asked(at(10)));
        assert_eq!(pause.decide(at(10)), Decision::Probe);
        let others = Decision::Others(at(10) + LOOK, SECOND);
        assert_eq!(pause.decide(at(10)), others);
        pause.over();
        assert_eq!(pause.decide(at(10)), Decision::Go);
    }

    #[test]
    fn a_probe_that_is_refused_begins_a_new_pause() {
        let (pause, start) = (Throttle::default(), Instant::now());
        pause.begin(start, SECOND);
        assert_eq!(pause.decide(start), Decision::Probe);
        pause.begin(start + SECOND, SECOND);
        pause.over();
        assert_eq!(pause.decide(start), Decision::Asked(start + SECOND));
        assert_eq!(pause.decide(start + SECOND), Decision::Probe);
    }

    #[test]
    fn a_slow_probe_holds_nobody_up_for_long() {
        let (pause, start) = (Throttle::default(), Instant::now());
        pause.begin(start, SECOND);
        assert_eq!(pause.decide(start), Decision::Probe);
        assert_eq!(pause.decide(start + PATIENCE), Decision::Go);
        pause.over();
        assert_eq!(pause.decide(start + PATIENCE), Decision::Go);
    }
}
