//! A thundering herd: after the wait that a 429 requested, one call probes the server, and the others follow, spread evenly.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::load::Load;
use super::server::whole;
use super::uniform::likelihood;
use super::worlds;
use crate::cancel::CancelScope;
use crate::error::ErrorKind;
use crate::send::options::CallOptions;

const WAITERS: usize = 1_000;
/// The wait that the 429 requests.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// The time over which the waiters are spread: a tenth of the requested wait.
const SPREAD: Duration = Duration::from_secs(6);
/// The interval at which waiters look whether the probe was answered.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The parts of the spread in which waiters are counted.
const PARTS: usize = 50;

/// The time at which each waiter's request was sent, as a fraction of the spread.
fn released(seed: u64) -> Vec<f64> {
    let limited_at = Arc::new(Mutex::new(Duration::ZERO));
    let probed_at = Arc::new(Mutex::new(Duration::ZERO));
    let (refused, probed) = (Arc::clone(&limited_at), Arc::clone(&probed_at));
    let load = Load::new(
        seed,
        WAITERS + 1,
        Box::new(move |scheduler, now, before| {
            // The probe is answered between two looks, so that all waiters see it at the same one.
            let travels = match before {
                1 => {
                    POLL_INTERVAL * 50
                        + scheduler.rng(|rng| POLL_INTERVAL * rng.below(10) as u32)
                        + POLL_INTERVAL / 2
                }
                _ => POLL_INTERVAL * 4,
            };
            scheduler.sleep(travels, &CancelScope::default());
            match before {
                0 => *refused.lock().unwrap() = now + travels,
                1 => *probed.lock().unwrap() = now + travels,
                _ => {}
            }
            let status = if before == 0 { 429 } else { 200 };
            Ok(whole(status, (before == 0).then_some(RETRY_AFTER)))
        }),
    );
    let (answers, arrivals) = load.run(|load, caller| {
        if caller == 0 {
            return load.call(true, &CallOptions::new().max_attempts(1));
        }
        load.pause(Duration::from_secs(1), Duration::from_secs(50));
        load.call(caller % 5 != 0, &CallOptions::new())
    });
    let limited = answers[0].as_ref().unwrap_err();
    assert_eq!(
        (limited.kind(), limited.retry_after()),
        (ErrorKind::RateLimit, Some(RETRY_AFTER))
    );
    assert!(answers[1..].iter().all(Result::is_ok));
    assert_eq!(arrivals.len(), 1 + WAITERS, "none was repeated");
    let (refused, probed) = (*limited_at.lock().unwrap(), *probed_at.lock().unwrap());
    assert_eq!(
        arrivals[1],
        refused + RETRY_AFTER,
        "one probes when the wait is over"
    );
    assert!(arrivals[2] >= probed, "the others wait for its answer");
    let looks = (probed - arrivals[1])
        .as_millis()
        .div_ceil(POLL_INTERVAL.as_millis());
    let seen = arrivals[1] + POLL_INTERVAL * looks as u32;
    let fraction = |at: &Duration| (*at - seen).as_secs_f64() / SPREAD.as_secs_f64();
    arrivals[2..].iter().map(fraction).collect()
}

#[test]
fn a_thundering_herd_is_spread_after_one_probe() {
    let seeds = worlds();
    let count = seeds.clone().count();
    let mut all = Vec::new();
    let mut fullest = 0;
    for seed in seeds {
        let fractions = released(seed);
        assert!(
            fractions
                .iter()
                .all(|fraction| (0.0..=1.0).contains(fraction)),
            "{seed}"
        );
        let mut parts = [0; PARTS + 1];
        for fraction in &fractions {
            parts[(fraction * PARTS as f64) as usize] += 1;
        }
        fullest = parts.into_iter().fold(fullest, usize::max);
        all.extend(fractions);
    }
    let p = likelihood(all);
    assert!(fullest <= WAITERS / 20, "{fullest} at once");
    assert!(p > 0.01, "p = {p}");
    println!(
        "thundering herd: {n} of {n} waiters after one call, at most {fullest} of {WAITERS} in {:?}, even with p = {p:.2}",
        SPREAD / PARTS as u32,
        n = count * WAITERS,
    );
}
