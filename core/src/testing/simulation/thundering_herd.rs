//! A herd: when the time that a 429 asked for is over, one call finds out, and the others follow, spread evenly.

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
const ASKED: Duration = Duration::from_secs(60);
/// A tenth of what was asked.
const SPREAD: Duration = Duration::from_secs(6);
/// How often those who wait look whether the one is back.
const LOOK: Duration = Duration::from_millis(20);
const PARTS: usize = 50;

/// When each of the herd was sent, as a part of the time they are spread over.
fn released(seed: u64) -> Vec<f64> {
    let quiet_from = Arc::new(Mutex::new(Duration::ZERO));
    let back_at = Arc::new(Mutex::new(Duration::ZERO));
    let (refused, found_out) = (Arc::clone(&quiet_from), Arc::clone(&back_at));
    let crowd = Load::new(
        seed,
        WAITERS + 1,
        Box::new(move |scheduler, now, before| {
            // Between two looks, so that all see at the same one that it is back.
            let travels = match before {
                1 => LOOK * 50 + scheduler.rng(|rng| LOOK * rng.below(10) as u32) + LOOK / 2,
                _ => LOOK * 4,
            };
            scheduler.sleep(travels, &CancelScope::default());
            match before {
                0 => *refused.lock().unwrap() = now + travels,
                1 => *found_out.lock().unwrap() = now + travels,
                _ => {}
            }
            let status = if before == 0 { 429 } else { 200 };
            Ok(whole(status, (before == 0).then_some(ASKED)))
        }),
    );
    let (answers, arrivals) = crowd.play(|crowd, caller| {
        if caller == 0 {
            return crowd.call(true, &CallOptions::new().max_attempts(1));
        }
        crowd.pause(Duration::from_secs(1), Duration::from_secs(50));
        crowd.call(caller % 5 != 0, &CallOptions::new())
    });
    let told = answers[0].as_ref().unwrap_err();
    assert_eq!(
        (told.kind(), told.retry_after()),
        (ErrorKind::RateLimit, Some(ASKED))
    );
    assert!(answers[1..].iter().all(Result::is_ok));
    assert_eq!(arrivals.len(), 1 + WAITERS, "none was repeated");
    let (refused, found_out) = (*quiet_from.lock().unwrap(), *back_at.lock().unwrap());
    assert_eq!(
        arrivals[1],
        refused + ASKED,
        "one goes when the time is over"
    );
    assert!(
        arrivals[2] >= found_out,
        "and alone, for more than a second"
    );
    let looks = (found_out - arrivals[1])
        .as_millis()
        .div_ceil(LOOK.as_millis());
    let seen = arrivals[1] + LOOK * looks as u32;
    let part = |at: &Duration| (*at - seen).as_secs_f64() / SPREAD.as_secs_f64();
    arrivals[2..].iter().map(part).collect()
}

#[test]
fn a_herd_is_spread_behind_one() {
    let seeds = worlds();
    let count = seeds.clone().count();
    let mut all = Vec::new();
    let mut fullest = 0;
    for seed in seeds {
        let drawn = released(seed);
        assert!(
            drawn.iter().all(|part| (0.0..=1.0).contains(part)),
            "{seed}"
        );
        let mut parts = [0; PARTS + 1];
        for part in &drawn {
            parts[(part * PARTS as f64) as usize] += 1;
        }
        fullest = parts.into_iter().fold(fullest, usize::max);
        all.extend(drawn);
    }
    let p = likelihood(all);
    assert!(fullest <= WAITERS / 20, "{fullest} at once");
    assert!(p > 0.01, "p = {p}");
    println!(
        "herd: {n} of {n} waiters behind one, at most {fullest} of {WAITERS} in {:?}, even with p = {p:.2}",
        SPREAD / PARTS as u32,
        n = count * WAITERS,
    );
}
