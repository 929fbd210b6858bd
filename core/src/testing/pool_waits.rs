//! The waits of calls in the pool's schedule, without threads and clocks.

use std::time::{Duration, Instant};

use crate::cancel::CancelScope;
use crate::pool::{Running, Schedule};

#[test]
fn a_value_that_comes_late_does_not_end_the_wait_after_its_own() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let mut schedule = Schedule::new(0);
    let scope = CancelScope::default;
    schedule.submit(1, 1, Box::pin(async {}), None, scope());
    let park = |schedule: &mut Schedule, until| {
        let Running { id, work, .. } = schedule.next().unwrap();
        (id, schedule.park(id, work, until, None, scope()))
    };
    // The first wait ends by its time, as that of a slot of the rate limiter may.
    let (id, first) = park(&mut schedule, at(10));
    assert!(schedule.due(at(10)).is_none());
    assert_eq!(schedule.ready(), 1);
    // The second is a pause before another attempt.
    let (_, second) = park(&mut schedule, at(1_000));
    schedule.wake(id, Some(first));
    assert!(schedule.due(at(20)).is_none());
    assert_eq!(schedule.ready(), 0, "the pause was cut short");
    assert_eq!(schedule.next_due(), Some(at(1_000)));
    schedule.wake(id, Some(second));
    assert!(schedule.due(at(30)).is_none());
    assert_eq!(schedule.ready(), 1, "its own value ends it");
}
