//! The pool with real threads: each test has a pool of its own.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use crate::cancel::{CancelCause, CancelScope, CancelSource, CancelToken, InterruptCheck};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::pool::{Pool, PooledCall, Threads, blocking, timer, worker};
use crate::send::over_before_start;
use crate::send::runtime::System;
use crate::send::suspension::{Suspension, suspend};

pub(super) const LONG: Duration = Duration::from_secs(600);
/// The timeout of a receiver, far longer than any test takes: only a failure waits for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

fn name() -> String {
    thread::current().name().unwrap_or_default().to_owned()
}

pub(super) fn take<T>(receiver: &Receiver<T>, count: usize) -> Vec<T> {
    (0..count)
        .map(|_| receiver.recv_timeout(PATIENCE).unwrap())
        .collect()
}

/// A call of a client that runs `most` at a time.
pub(super) fn of(client: u64, most: usize) -> PooledCall {
    PooledCall {
        client,
        max_workers: most,
        deadline: None,
        cancel: CancelScope::default(),
    }
}

/// A wait of so long.
fn wait(time: Duration, cancel: &CancelScope) -> Suspension {
    Suspension::of(&System, time, None, cancel)
}

/// A call without a wait.
pub(super) fn job(pool: &Pool, pooled: PooledCall, work: impl FnOnce() + Send + 'static) {
    let call = async move {
        work();
        Ok(())
    };
    pool.start(pooled, call, drop);
}

/// A pool that gets so many threads and no more.
fn refusing(count: usize) -> Pool {
    let left = AtomicUsize::new(count);
    let threads = Threads {
        worker: Box::new(move |pool, name| {
            let taken = left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
            taken.is_ok() && worker::start(pool, name)
        }),
        timer: |_| false,
    };
    Pool::with(0, LONG, threads)
}

/// A pool whose second thread the system refuses, and no other.
fn refusing_one() -> Pool {
    let made = AtomicUsize::new(0);
    let threads = Threads {
        worker: Box::new(move |pool, name| {
            made.fetch_add(1, SeqCst) != 1 && worker::start(pool, name)
        }),
        timer: timer::start,
    };
    Pool::with(0, LONG, threads)
}

#[test]
fn a_refused_thread_is_asked_for_again() {
    let pool = refusing_one();
    let go = hold(&pool, 1);
    let (sender, ran) = channel();
    job(&pool, of(1, 2), move || sender.send(()).unwrap());
    // The only other thread is held, so another one was made.
    take(&ran, 1);
    drop(go);
}

#[test]
fn after_a_refusal_each_call_that_waits_is_watched() {
    let pool = refusing_one();
    let go = hold(&pool, 1);
    let held: Vec<Sender<()>> = (0..2).map(|_| hold_more(&pool)).collect();
    let source = Arc::new(CancelSource::default());
    let cancel = CancelScope {
        call: Some(Arc::clone(&source)),
        ..CancelScope::default()
    };
    let (sender, ended) = channel();
    let pooled = PooledCall {
        cancel: cancel.clone(),
        ..of(1, 3)
    };
    pool.start(pooled, ends_on_time(cancel), move |result| {
        sender.send(result.unwrap_err().kind()).unwrap();
    });
    source.cancel();
    assert_eq!(take(&ended, 1), [ErrorKind::Cancelled]);
    drop((go, held));
}

/// Has another thread of the client wait, once there is one.
fn hold_more(pool: &Pool) -> Sender<()> {
    let (go, gate) = channel::<()>();
    job(pool, of(1, 3), move || {
        let _ = gate.recv();
    });
    go
}

/// Has the only thread of a client wait; it goes on once the sender is used or dropped.
pub(super) fn hold(pool: &Pool, client: u64) -> Sender<()> {
    let (go, gate) = channel::<()>();
    let (entered, inside) = channel();
    job(pool, of(client, 1), move || {
        entered.send(()).unwrap();
        let _ = gate.recv();
    });
    take(&inside, 1);
    go
}

#[test]
fn calls_run_at_the_same_time_on_named_threads() {
    let pool = Pool::new(0, LONG);
    let meeting = Arc::new(Barrier::new(3));
    let (sender, names) = channel();
    for _ in 0..3 {
        let (meeting, sender) = (meeting.clone(), sender.clone());
        job(&pool, of(1, 3), move || {
            meeting.wait();
            sender.send(name()).unwrap();
        });
    }
    let names: BTreeSet<String> = take(&names, 3).into_iter().collect();
    assert_eq!(names.len(), 3);
    assert!(names.iter().all(|name| name.starts_with("penbox-worker-")));
}

#[test]
fn a_call_that_waits_for_a_time_holds_no_thread() {
    let pool = Pool::new(0, LONG);
    let (sender, done) = channel();
    let begun = Instant::now();
    for number in 0..50 {
        let sender = sender.clone();
        let call = async move {
            suspend(wait(Duration::from_millis(200), &CancelScope::default())).await;
            Ok(number)
        };
        pool.start(of(1, 1), call, move |result: Result<u32>| {
            sender.send((result.unwrap(), name())).unwrap();
        });
    }
    let ended = take(&done, 50);
    assert!(begun.elapsed() >= Duration::from_millis(200));
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "fifty waits of 200 ms, one after another"
    );
    let numbers: Vec<u32> = ended.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
    // A call that becomes ready while the first thread parks another gets a thread of its own.
    let threads: BTreeSet<_> = ended.iter().map(|(_, thread)| thread).collect();
    assert!(threads.len() < 10, "{threads:?}");
}

/// A call that ends as the core's own do when no thread was free for it.
async fn ends_on_time(cancel: CancelScope) -> Result<()> {
    over_before_start(&cancel).map_or(Ok(()), Err)
}

#[test]
fn a_queued_call_ends_by_its_time_and_its_cancel() {
    let pool = Pool::new(0, LONG);
    let go = hold(&pool, 1);
    for way in ["deadline", "token", "client"] {
        let (sender, ended) = channel::<Error>();
        let source = Arc::new(CancelSource::default());
        let held = Some(Arc::clone(&source));
        let cancel = match way {
            "client" => CancelScope {
                client: held,
                ..CancelScope::default()
            },
            _ => CancelScope {
                call: held,
                ..CancelScope::default()
            },
        };
        let pooled = PooledCall {
            deadline: (way == "deadline").then(|| Instant::now() + Duration::from_millis(50)),
            cancel: cancel.clone(),
            ..of(1, 1)
        };
        let begun = Instant::now();
        pool.start(pooled, ends_on_time(cancel), move |result| {
            sender.send(result.unwrap_err()).unwrap();
        });
        if way != "deadline" {
            source.cancel();
        }
        let error = ended.recv_timeout(PATIENCE).unwrap();
        let kind = match way {
            "deadline" => ErrorKind::Timeout,
            "token" => ErrorKind::Cancelled,
            _ => ErrorKind::Closed,
        };
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, Outcome::NotSent),
            "{way}"
        );
        assert!(begun.elapsed() < Duration::from_secs(5), "{way}");
    }
    drop(go);
}

#[test]
fn a_call_that_waits_for_a_time_ends_by_its_cancel_while_no_thread_is_free() {
    let pool = Pool::new(0, LONG);
    let source = Arc::new(CancelSource::default());
    let cancel = CancelScope {
        call: Some(Arc::clone(&source)),
        ..CancelScope::default()
    };
    let (parked, is_parked) = channel();
    let (sender, ended) = channel();
    let scope = cancel.clone();
    let call = async move {
        parked.send(()).unwrap();
        suspend(wait(LONG, &scope)).await;
        ends_on_time(scope).await
    };
    pool.start(PooledCall { cancel, ..of(1, 1) }, call, move |result| {
        sender.send(result.unwrap_err().kind()).unwrap();
    });
    take(&is_parked, 1);
    let go = hold(&pool, 1);
    source.cancel();
    assert_eq!(take(&ended, 1), [ErrorKind::Cancelled]);
    assert_eq!(cause_of(&source), Some(CancelCause::Call));
    drop(go);
}

/// A call whose token ends others, too: the drop of its registration takes the token's lock, which a cancel holds while it takes the
/// pool's.
#[test]
fn a_token_may_be_cancelled_while_calls_end() {
    let pool = Pool::new(100, LONG);
    let (sender, ended) = channel();
    for _ in 0..300 {
        let token = CancelToken::new();
        let check: InterruptCheck = Arc::new(|| false);
        let client = Arc::default();
        for _ in 0..4 {
            let cancel = CancelScope::of(&client, Some(&token), Some(&check));
            let (scope, sender) = (cancel.clone(), sender.clone());
            let call = async move {
                suspend(wait(Duration::from_micros(50), &scope)).await;
                Ok(())
            };
            pool.start(PooledCall { cancel, ..of(1, 4) }, call, move |_| {
                sender.send(()).unwrap();
            });
        }
        token.cancel();
    }
    take(&ended, 1_200);
}

fn cause_of(source: &Arc<CancelSource>) -> Option<CancelCause> {
    CancelScope {
        call: Some(Arc::clone(source)),
        ..CancelScope::default()
    }
    .cause()
}

#[test]
fn calls_that_wait_for_each_others_streams_finish() {
    let pool = Pool::new(100, LONG);
    let (sender, done) = channel();
    let mut gates = Vec::new();
    for _ in 0..20 {
        let ((go, gate), sender) = (channel::<()>(), sender.clone());
        job(&pool, of(1, 1), move || {
            blocking(|| gate.recv()).unwrap();
            sender.send(()).unwrap();
        });
        gates.push(go);
    }
    // Each of these feeds one of those, which came first and waits for it.
    for go in gates {
        job(&pool, of(1, 1), move || go.send(()).unwrap());
    }
    take(&done, 20);
}

#[test]
fn idle_threads_end_and_later_calls_get_new_ones() {
    let pool = Pool::new(0, Duration::ZERO);
    let (sender, names) = channel();
    for round in 1..=3 {
        let sender = sender.clone();
        job(&pool, of(1, 2), move || sender.send(name()).unwrap());
        assert_eq!(take(&names, 1), [format!("penbox-worker-{round}")]);
        while pool.threads() > 0 {
            thread::yield_now();
        }
    }
}

#[test]
fn a_panic_ends_its_call_only_and_is_reported() {
    let pool = Pool::new(0, LONG);
    let (sender, ended) = channel();
    for turn in 0..3 {
        let sender = sender.clone();
        let call = async move {
            assert_eq!(turn, 2, "this panic is part of the test");
            Ok(())
        };
        pool.start(of(1, 1), call, move |result| {
            let facts = result.map_err(|error| (error.kind(), error.outcome()));
            sender.send((facts, name())).unwrap();
        });
    }
    let failed = Err((ErrorKind::Internal, Outcome::Unknown));
    let thread = || "penbox-worker-1".to_owned();
    assert_eq!(
        take(&ended, 3),
        [(failed, thread()), (failed, thread()), (Ok(()), thread())]
    );
}

#[test]
fn without_any_thread_the_call_is_refused_and_never_run() {
    let pool = refusing(0);
    let (sender, ended) = channel();
    let (ran, runs) = channel::<()>();
    let call = async move {
        ran.send(()).unwrap();
        Ok(())
    };
    pool.start(of(1, 2), call, move |result| {
        sender.send(result.unwrap_err()).unwrap();
    });
    let error = ended.try_recv().unwrap();
    assert_eq!(
        (error.kind(), error.reason()),
        (ErrorKind::Internal, Some("resource"))
    );
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(runs.recv_timeout(PATIENCE).is_err(), "no sender is left");
    assert_eq!(pool.calls(), 0);
}

#[test]
fn with_a_thread_left_the_call_waits_for_it() {
    let pool = refusing(1);
    let (sender, ran) = channel();
    let go = hold(&pool, 1);
    let call = async move {
        sender.send(name()).unwrap();
        Ok(())
    };
    pool.start(of(1, 2), call, drop);
    go.send(()).unwrap();
    assert_eq!(take(&ran, 1), ["penbox-worker-1"]);
}
