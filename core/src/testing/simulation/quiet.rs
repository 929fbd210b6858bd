//! A long quiet: however long a 429 asks a client to wait, after a quarter of an hour one call finds out.

use std::time::Duration;

use super::load::Load;
use super::server::whole;
use crate::cancel::CancelScope;
use crate::error::{ErrorKind, Outcome};
use crate::send::options::CallOptions;
use crate::send::throttle;

const CALLERS: usize = 3;
const ASKED: Duration = Duration::from_secs(604_800);
const TRAVELS: Duration = Duration::from_millis(50);
/// How often a caller calls again.
const PACE: Duration = Duration::from_secs(10);
const END: Duration = Duration::from_secs(2_400);

#[test]
fn a_client_is_quiet_for_a_quarter_of_an_hour_at_a_time() {
    let crowd = Load::new(
        1,
        CALLERS,
        Box::new(|scheduler, _, before| {
            scheduler.sleep(TRAVELS, &CancelScope::default());
            let is_limited = before < 2;
            let status = if is_limited { 429 } else { 200 };
            Ok(whole(status, is_limited.then_some(ASKED)))
        }),
    );
    let (errors, arrivals) = crowd.play(|crowd, caller| {
        let mut errors = Vec::new();
        if caller > 0 {
            crowd.pause(Duration::from_secs(1), PACE);
        }
        while crowd.now() < END {
            errors.extend(crowd.call(true, &CallOptions::new()).err());
            crowd.pause(Duration::from_secs(1), PACE);
        }
        errors
    });
    // Those who came shortly before the end have waited for it.
    for quiet in arrivals.windows(2).take(2) {
        let between = quiet[1] - quiet[0];
        assert!(between >= throttle::LONGEST, "{between:?}");
        assert!(between <= throttle::LONGEST + PACE, "{between:?}");
    }
    let errors: Vec<_> = errors.into_iter().flatten().collect();
    assert!(errors.len() > 100, "{} calls", errors.len());
    let (rejected, unsent): (Vec<_>, Vec<_>) = errors
        .iter()
        .partition(|error| error.outcome() == Outcome::Rejected);
    let asked: Vec<_> = rejected.iter().map(|error| error.retry_after()).collect();
    assert_eq!(asked, [Some(ASKED); 2], "each carries the whole number");
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
