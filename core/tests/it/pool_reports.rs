//! Reports of users of other pools, tried on this one: tests/field-reports.json names the reports.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use penbox::{CallOptions, CancelToken, ErrorKind, FormList, Outcome};

use crate::crowd::{Crowd, Ended, PATIENCE, end, facts, get, start};

/// Pauses of a few milliseconds, spread by a seed.
fn jitter(seed: u64, most: u64) -> Duration {
    let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    Duration::from_micros(mixed % (most * 1_000))
}

/// A place becomes free in the very milliseconds in which those who wait for it end. It must not be handed to one of them and lost.
#[test]
fn a_place_is_not_lost_to_a_call_that_ends() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let mut both = 0;
    for round in 0..60 {
        let held = get(&client, "hang");
        let limit = Duration::from_millis(20);
        let token = CancelToken::new();
        let waiting: Vec<(String, Ended)> = (0..20)
            .map(|number| {
                let id = format!("r{round}-{number}");
                let options = match number % 2 {
                    0 => CallOptions::new().timeout(limit),
                    _ => CallOptions::new().cancel(&token),
                };
                let params = format!(r#"{{"id": "{id}"}}"#);
                (id, start(&client, "forms.get", &params, options))
            })
            .collect();
        // The held request may be taken by the server later than this: then it is released below.
        thread::sleep(limit - Duration::from_millis(3) + jitter(round, 6));
        server.release();
        token.cancel();
        let unsent: Vec<&str> = waiting
            .iter()
            .filter(|(_, ended)| end(ended).is_err_and(|error| error.outcome() == Outcome::NotSent))
            .map(|(id, _)| id.as_str())
            .collect();
        while held.try_recv().is_err() {
            server.release();
            thread::yield_now();
        }
        let begun = Instant::now();
        end(&get(&client, "quick")).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "round {round}");
        let sent: BTreeSet<String> = server.arrived.try_iter().collect();
        both += unsent
            .iter()
            .filter(|id| sent.iter().any(|path| path.ends_with(*id)))
            .count();
    }
    assert_eq!(both, 0, "calls that ended unsent and were sent");
}

/// Calls that are cancelled at every moment leave no place behind.
#[test]
fn cancelled_calls_leave_their_places() {
    let server = Crowd::start();
    let client = server.builder().max_workers(10).build().unwrap();
    let until = Instant::now() + Duration::from_millis(1_500);
    thread::scope(|scope| {
        for caller in 0..20_u64 {
            let client = &client;
            scope.spawn(move || {
                let mut turn = caller;
                while Instant::now() < until {
                    turn += 20;
                    let token = CancelToken::new();
                    let options = CallOptions::new().cancel(&token);
                    let ended = start(client, "forms.get", r#"{"id": "x"}"#, options);
                    thread::sleep(jitter(turn, 3));
                    token.cancel();
                    let _ = end(&ended);
                }
            });
        }
    });
    let together: Vec<Ended> = (0..10).map(|_| get(&client, "hang")).collect();
    let mut there = 0;
    while there < 10 {
        let path = server.arrived.recv_timeout(PATIENCE).unwrap();
        there += usize::from(path.ends_with("hang"));
    }
    client.close();
    assert!(together.iter().all(|ended| end(ended).is_err()));
}

/// Calls that ended while they waited for a rate limit take no place in it.
#[test]
fn cancelled_calls_do_not_count_for_a_rate() {
    let server = Crowd::start();
    let client = server.builder().rate_limit("2/s").build().unwrap();
    let token = CancelToken::new();
    let calls: Vec<Ended> = (0..40)
        .map(|_| {
            let options = CallOptions::new().cancel(&token);
            start(&client, "forms.get", r#"{"id": "x"}"#, options)
        })
        .collect();
    server.wait_for(2);
    token.cancel();
    let errors: Vec<_> = calls.iter().filter_map(|ended| end(ended).err()).collect();
    let unsent = errors
        .iter()
        .filter(|error| error.outcome() == Outcome::NotSent);
    // The two that were sent may have had their answers.
    assert!(unsent.count() >= 38);
    let begun = Instant::now();
    end(&get(&client, "x")).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(server.wait_for(1).len(), 1);
    assert!(server.arrived.try_recv().is_err());
}

/// Calls that rest between two attempts hold no place, and a cancel ends them all.
#[test]
fn calls_that_rest_leave_the_only_thread_to_others() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let token = CancelToken::new();
    // As many as the client's quota pays for.
    let resting: Vec<Ended> = (0..30)
        .map(|_| {
            let options = CallOptions::new().cancel(&token);
            start(&client, "forms.get", r#"{"id": "rest"}"#, options)
        })
        .collect();
    server.wait_for(30);
    end(&get(&client, "quick")).unwrap();
    server.wait_for(1);
    let begun = Instant::now();
    token.cancel();
    for ended in &resting {
        let error = end(ended).unwrap_err();
        assert_eq!(facts(&error).0, ErrorKind::Cancelled);
        assert_eq!(error.attempts(), 1);
    }
    println!(
        "pool: a token ended 30 calls that rest after {:.1?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(server.arrived.try_recv().is_err(), "one was sent again");
}

/// Lists whose pages ahead all need the one thread finish.
#[test]
fn twenty_lists_share_one_thread() {
    let server = Crowd::start();
    let client = server
        .builder()
        .max_workers(1)
        .page_size(1)
        .build()
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..20 {
            let client = &client;
            scope.spawn(move || {
                let forms = client.forms().list(FormList::default()).prefetch();
                let ids: Vec<String> = forms.map(|form| form.unwrap().id.to_string()).collect();
                let all: Vec<String> = (1..=40).map(|page| page.to_string()).collect();
                assert_eq!(ids, all);
            });
        }
    });
    assert_eq!(server.arrived.try_iter().count(), 800);
}
