//! An outage: the repeats of a hundred callers do not multiply its load, and calls succeed again as soon as the server does.

use std::time::Duration;

use super::load::Load;
use super::server::{fault, whole};
use super::worlds;
use crate::cancel::CancelScope;
use crate::error::ErrorKind;
use crate::send::options::CallOptions;
use crate::transport::SendState;

// The server is down from `DOWN` to `UP`, for a minute; the callers go on until `END`.
const CALLERS: usize = 100;
const DOWN: Duration = Duration::from_secs(10);
const UP: Duration = Duration::from_secs(70);
const END: Duration = Duration::from_secs(100);
/// The time at which the retry quota, which pays for 35 repeats, is used up.
const DRAINED: Duration = Duration::from_secs(20);

/// One call: its start, its end and its result.
struct Call {
    begun: Duration,
    ended: Duration,
    is_good: bool,
}

/// The figures of one outage.
struct Outage {
    calls: usize,
    requests: usize,
    recovery: Duration,
}

/// Simulates an outage, in which each request is refused a connection, loses it, or is answered with a 503.
fn outage(seed: u64) -> Outage {
    let load = Load::new(
        seed,
        CALLERS,
        Box::new(|scheduler, now, _| {
            let (kind, travels) = scheduler.rng(|rng| (rng.below(3), rng.ms(150)));
            scheduler.sleep(travels, &CancelScope::default());
            let is_down = (DOWN..UP).contains(&now);
            match kind {
                _ if !is_down => Ok(whole(200, None)),
                0 => Err(fault(ErrorKind::Connection, SendState::NotSent)),
                1 => Err(fault(ErrorKind::Connection, SendState::MaybeSent)),
                _ => Ok(whole(503, None)),
            }
        }),
    );
    let (calls, arrivals) = load.run(|load, caller| {
        let mut calls = Vec::new();
        while load.now() < END {
            let begun = load.now();
            let result = load.call(caller % 5 != 0, &CallOptions::new());
            calls.push(Call {
                begun,
                ended: load.now(),
                is_good: result.is_ok(),
            });
            load.pause(Duration::from_millis(200), Duration::from_millis(1_500));
        }
        calls
    });
    check(seed, &calls, &arrivals)
}

/// Checks the load during the outage, and the success after it.
fn check(seed: u64, calls: &[Vec<Call>], arrivals: &[Duration]) -> Outage {
    let all = || calls.iter().flatten();
    let within = |from: Duration| {
        let begun = all()
            .filter(|call| (from..UP).contains(&call.begun))
            .count();
        let arrived = arrivals
            .iter()
            .filter(|at| (from..UP).contains(*at))
            .count();
        (begun, arrived)
    };
    let (begun, requests) = within(DOWN);
    assert!(begun > CALLERS * 10, "{seed}: {begun} calls are no load");
    assert!(
        requests * 10 <= begun * 11,
        "{seed}: {requests} requests for {begun} calls"
    );
    let (later, sent) = within(DRAINED);
    assert_eq!(
        sent, later,
        "{seed}: the quota is used up, and a call was repeated"
    );
    let inside = |call: &&Call| call.begun >= DOWN && call.ended < UP;
    assert!(
        all().filter(inside).all(|call| !call.is_good),
        "{seed}: there was no outage"
    );
    let after = |call: &&Call| call.begun >= UP;
    assert!(
        all().filter(after).all(|call| call.is_good),
        "{seed}: a call failed after the outage"
    );
    let recovered = calls.iter().map(|calls| {
        let first = calls.iter().find(|call| call.is_good && call.ended >= UP);
        first.unwrap().ended - UP
    });
    let recovery = recovered.max().unwrap();
    assert!(recovery <= Duration::from_secs(5), "{seed}: {recovery:?}");
    Outage {
        calls: begun,
        requests,
        recovery,
    }
}

#[test]
fn an_outage_is_not_multiplied() {
    let seeds = worlds();
    let count = seeds.clone().count();
    let outages: Vec<Outage> = seeds.map(outage).collect();
    let sum = |of: fn(&Outage) -> usize| outages.iter().map(of).sum::<usize>();
    let (calls, requests) = (sum(|each| each.calls), sum(|each| each.requests));
    let recovery = outages.iter().map(|each| each.recovery).max();
    println!(
        "outage: {count} of {count} of 60 s, {requests} requests for {calls} calls of {CALLERS} threads, all well after {:.1?} at most",
        recovery.unwrap()
    );
}
