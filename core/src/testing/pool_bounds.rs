//! The bounds of a client and of the process, and the end of the timer, with real threads.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::pool::{LONG, PATIENCE, hold, job, of, take};
use crate::cancel::CancelScope;
use crate::pool::{Pool, Threads, timer, worker};
use crate::send::runtime::System;
use crate::send::suspension::{Suspension, suspend};

#[test]
fn more_calls_than_the_bound_of_a_client_wait_in_order() {
    let pool = Pool::new(100, LONG);
    let go = hold(&pool, 1);
    let (sender, order) = channel();
    for number in 0..20 {
        let sender = sender.clone();
        job(&pool, of(1, 1), move || sender.send(number).unwrap());
    }
    // Another client's call is not held up.
    let (other, ran) = channel();
    job(&pool, of(2, 1), move || other.send(()).unwrap());
    take(&ran, 1);
    assert!(order.try_recv().is_err());
    go.send(()).unwrap();
    assert_eq!(take(&order, 20), (0..20).collect::<Vec<_>>());
}

#[test]
fn at_the_bound_of_the_process_each_client_still_has_eight() {
    let pool = Pool::new(2, LONG);
    let (entered, inside) = channel();
    let gates: Vec<Sender<()>> = (0..20)
        .map(|_| {
            let ((go, gate), entered) = (channel::<()>(), entered.clone());
            job(&pool, of(1, 100), move || {
                entered.send(()).unwrap();
                let _ = gate.recv();
            });
            go
        })
        .collect();
    // Eight of its own, and both of the process's.
    take(&inside, 10);
    let meeting = Arc::new(Barrier::new(8));
    let (sender, done) = channel();
    for _ in 0..8 {
        let (meeting, sender) = (meeting.clone(), sender.clone());
        job(&pool, of(2, 100), move || {
            meeting.wait();
            sender.send(()).unwrap();
        });
    }
    take(&done, 8);
    assert!(
        inside.try_recv().is_err(),
        "an eleventh call of the first client ran"
    );
    drop(gates);
    take(&inside, 10);
}

#[test]
fn a_thread_that_has_not_begun_yet_is_not_made_twice() {
    let (go, gate) = channel::<()>();
    let gate = Mutex::new(Some(gate));
    let threads = Threads {
        worker: Box::new(move |pool, name| match name.ends_with("-1") {
            true => worker::start(pool, name),
            false => {
                let (gate, pool) = (gate.lock().unwrap().take().unwrap(), pool.clone());
                thread::spawn(move || {
                    let _ = gate.recv();
                    worker::start(&pool, name);
                });
                true
            }
        }),
        timer: timer::start,
    };
    let pool = Pool::with(0, LONG, threads);
    let held = hold(&pool, 1);
    let (sender, ran) = channel();
    let again = sender.clone();
    // A second thread is made for this call, and the first takes it before the second runs.
    job(&pool, of(1, 9), move || sender.send(()).unwrap());
    drop(held);
    take(&ran, 1);
    // The first thread holds this call, so the next one is the second thread's, which is still to begin.
    let held = hold(&pool, 1);
    job(&pool, of(1, 9), move || again.send(()).unwrap());
    assert_eq!(pool.threads(), 2);
    drop(go);
    take(&ran, 1);
    drop(held);
}

#[test]
fn of_sixty_clients_fifty_nine_may_hang() {
    let pool = Pool::new(0, LONG);
    let (entered, inside) = channel();
    let mut gates = Vec::new();
    for client in 1..60 {
        for _ in 0..10 {
            let ((go, gate), entered) = (channel::<()>(), entered.clone());
            job(&pool, of(client, 100), move || {
                entered.send(()).unwrap();
                let _ = gate.recv();
            });
            gates.push(go);
        }
    }
    take(&inside, 59 * 8);
    let (sender, ran) = channel();
    for _ in 0..20 {
        let sender = sender.clone();
        job(&pool, of(60, 100), move || sender.send(()).unwrap());
    }
    take(&ran, 20);
    assert!(pool.threads() <= 59 * 8 + 8);
    drop(gates);
    take(&inside, 59 * 2);
}

#[test]
fn above_the_bound_free_threads_go_round_the_clients() {
    let pool = Pool::new(0, LONG);
    let mut gates = Vec::new();
    let (sender, order) = channel();
    for client in 1..=2 {
        for _ in 0..8 {
            let (go, gate) = channel::<()>();
            let (entered, inside) = channel();
            job(&pool, of(client, 100), move || {
                entered.send(()).unwrap();
                let _ = gate.recv();
            });
            take(&inside, 1);
            gates.push(go);
        }
    }
    for client in 1..=2 {
        for _ in 0..3 {
            let sender = sender.clone();
            job(&pool, of(client, 100), move || sender.send(client).unwrap());
        }
    }
    // One thread of each client becomes free.
    drop(gates.swap_remove(12));
    drop(gates.swap_remove(3));
    let mut order = take(&order, 6);
    order.sort_unstable();
    assert_eq!(order, [1, 1, 1, 2, 2, 2]);
}

#[test]
fn the_timer_ends_with_the_last_wait() {
    let pool = Pool::new(0, Duration::from_millis(10));
    let (sender, done) = channel();
    let call = async move {
        // While it waits for a thread afterwards, the timer waits for its deadline.
        let (time, deadline) = (Duration::from_millis(20), Instant::now() + LONG);
        let scope = CancelScope::default();
        suspend(Suspension::of(&System, time, Some(deadline), &scope)).await;
        Ok(())
    };
    pool.start(of(1, 1), call, move |_| sender.send(()).unwrap());
    take(&done, 1);
    let begun = Instant::now();
    while pool.has_timer() {
        assert!(begun.elapsed() < PATIENCE, "it waits for nothing");
        thread::sleep(Duration::from_millis(5));
    }
}
