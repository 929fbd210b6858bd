//! A long throttle: however long a wait a 429 requests, after a quarter of an hour one call probes the server.

use std::time::Duration;

use super::load::Load;
use super::server::whole;
use crate::cancel::CancelScope;
use crate::error::{ErrorKind, Outcome};
use crate::send::options::CallOptions;
use crate::send::throttle;

const CALLERS: usize = 3;
/// The wait that the 429 requests: a week.
const RETRY_AFTER: Duration = Duration::from_secs(604_800);
/// The time of one exchange.
const EXCHANGE: Duration = Duration::from_millis(50);
/// The longest pause between two calls of a caller.
const PAUSE: Duration = Duration::from_secs(10);
const END: Duration = Duration::from_secs(2_400);

#[test]
fn a_throttle_lasts_a_quarter_of_an_hour_at_a_time() {
    let load = Load::new(
        1,
        CALLERS,
        Box::new(|scheduler, _, before| {
            scheduler.sleep(EXCHANGE, &CancelScope::default());
            let is_limited = before < 2;
            let status = if is_limited { 429 } else { 200 };
            Ok(whole(status, is_limited.then_some(RETRY_AFTER)))
        }),
    );
    let (errors, arrivals) = load.run(|load, caller| {
        let mut errors = Vec::new();
        if caller > 0 {
            load.pause(Duration::from_secs(1), PAUSE);
        }
        while load.now() < END {
            errors.extend(load.call(true, &CallOptions::new()).err());
            load.pause(Duration::from_secs(1), PAUSE);
        }
        errors
    });
    // Calls shortly before the end of the throttle have waited for it.
    for pair in arrivals.windows(2).take(2) {
        let between = pair[1] - pair[0];
        assert!(between >= throttle::LONGEST, "{between:?}");
        assert!(between <= throttle::LONGEST + PAUSE, "{between:?}");
    }
    let errors: Vec<_> = errors.into_iter().flatten().collect();
    assert!(errors.len() > 100, "{} calls", errors.len());
    let (rejected, unsent): (Vec<_>, Vec<_>) = errors
        .iter()
        .partition(|error| error.outcome() == Outcome::Rejected);
    let waits: Vec<_> = rejected.iter().map(|error| error.retry_after()).collect();
    assert_eq!(
        waits,
        [Some(RETRY_AFTER); 2],
        "each carries the whole number"
    );
    for error in unsent {
        let left = error.retry_after().unwrap();
        assert_eq!(
            (error.kind(), error.outcome(), error.attempts()),
            (ErrorKind::RateLimit, Outcome::NotSent, 0)
        );
        assert!(left <= throttle::LONGEST, "{left:?}");
    }
    assert!(arrivals.len() > 10, "then all go on");
}
