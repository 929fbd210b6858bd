//! The simulation: thousands of small worlds, each from a seed. In a world several callers make calls to a server that fails in
//! every way: calls of JSON, uploads and downloads. A second client is in each world, too, whose server is in good health. The same
//! promises are checked in each world, against the real effect of each request. Each world is played twice: with a thread for each
//! caller, and with the pool, whose two threads all callers share.
//!
//! `PENBOX_SIMULATION` sets the number of worlds, `PENBOX_SIMULATION_SEED` the first seed. A broken promise names its seed. Every
//! 3,000 worlds add a thundering herd and an outage, which have hundreds of callers each.

#![expect(clippy::unwrap_used, reason = "a simulation is a test, too")]

mod calls;
mod file;
#[cfg(test)]
mod load;
#[cfg(test)]
mod long_throttle;
#[cfg(test)]
mod outage;
mod pooled;
mod promises;
mod scheduler;
mod second;
mod server;
#[cfg(test)]
mod thundering_herd;
#[cfg(test)]
mod turns;
#[cfg(test)]
pub(crate) mod uniform;
mod waits;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::cancel::CancelScope;
use crate::config::ClientBuilder;
use crate::send::sender::Sender;
use calls::{Called, Tokens, call};
use scheduler::{Rng, Scheduler};
use second::Second;
use server::{FaultRates, Sent, Simulated};

const CALLERS: usize = 4;
const CALLS: usize = 13;
/// The threads of the pool that run calls: half as many as there are callers, so that calls wait for them.
const WORKERS: usize = 2;
/// The only address that may see the token.
const ORIGIN: &str = "https://api.example/v1";
/// The time by which a call may pass a limit.
const GRACE: Duration = Duration::from_millis(250);

/// The record of one world.
struct SimulatedWorld {
    seed: u64,
    driver: Driver,
    rate: Option<usize>,
    longest_wait: Duration,
    calls: HashMap<String, Called>,
    log: Vec<Sent>,
    second: Second,
}

/// The fault rates of a world; about half of them are zero.
fn rates(rng: &mut Rng) -> FaultRates {
    let mut percent = |most: u64| match rng.chance(50) {
        true => rng.below(most),
        false => 0,
    };
    let (unsent, lost, failing) = (percent(40), percent(30), percent(60));
    let (refusing, slow) = (percent(40), percent(20));
    FaultRates {
        unsent,
        lost,
        failing,
        refusing,
        slow,
        limit: rng.chance(50).then(|| 1 + rng.below(30) as usize),
    }
}

/// The threads that run the callers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Driver {
    /// Each caller blocks its own thread.
    Threads,
    /// The callers share the threads of a pool.
    Pool,
}

/// Runs the world of a seed.
fn run(seed: u64, driver: Driver) -> SimulatedWorld {
    let mut rng = Rng::new(seed);
    let rates = rates(&mut rng);
    // Half of the clients are set to the server's limit, and must keep to it.
    let rate = rates.limit.filter(|_| rng.chance(50));
    let longest_wait = Duration::from_secs([0, 5, 90, 300][rng.below(4) as usize]);
    let mut builder = ClientBuilder::new()
        .token("pnbx_simulated")
        .base_url(ORIGIN)
        .max_retry_wait(longest_wait);
    if let Some(rate) = rate {
        builder = builder.rate_limit(format!("{rate}/min"));
    }
    let threads = match driver {
        Driver::Threads => CALLERS,
        Driver::Pool => WORKERS + 1,
    };
    // One more cancels, and one is for the second client.
    let scheduler = Scheduler::new(seed, threads + 2);
    let log = Arc::new(Mutex::new(Vec::new()));
    let transport = Simulated {
        scheduler: scheduler.clone(),
        rates,
        log: Arc::clone(&log),
    };
    let settings = builder.build_settings().unwrap();
    let sender = Sender::simulated(settings, Box::new(transport), Box::new(scheduler.clone()));
    let sender = Arc::new(sender);
    let calls: Arc<Mutex<HashMap<String, Called>>> = Arc::default();
    let tokens: Tokens = Arc::default();
    let cancelled = Mutex::new(HashMap::new());
    let script = |caller: usize| {
        let (scheduler, sender) = (scheduler.clone(), Arc::clone(&sender));
        let (calls, tokens) = (Arc::clone(&calls), Arc::clone(&tokens));
        async move {
            for number in 0..CALLS {
                let id = format!("{caller}-{number}");
                let called = call(&scheduler, &sender, &id, &tokens).await;
                calls.lock().unwrap().insert(id, called);
            }
        }
    };
    let pool = pooled::SimulatedPool::new(&scheduler, WORKERS);
    let second = Second::new(&scheduler);
    if driver == Driver::Pool {
        (0..CALLERS).for_each(|caller| pool.submit(Box::pin(script(caller))));
        pool.submit_second(Box::pin(second.clone().script()));
    }
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (scheduler, pool, sender, script) = (&scheduler, &pool, &sender, &script);
            scope.spawn(move || {
                scheduler.enter(thread);
                match driver {
                    Driver::Threads => sender.block(script(thread)),
                    Driver::Pool => pool.work(thread),
                }
                scheduler.leave();
            });
        }
        scope.spawn(|| {
            scheduler.enter(threads + 1);
            match driver {
                Driver::Threads => second.clone().block(),
                Driver::Pool => pool.work(threads + 1),
            }
            scheduler.leave();
        });
        scope.spawn(|| {
            scheduler.enter(threads);
            // Cancels a call now and then.
            for _ in 0..CALLS {
                let wait = scheduler.rng(|rng| rng.ms(20_000));
                scheduler.sleep(wait, &CancelScope::default());
                if let Some((id, token)) = tokens.lock().unwrap().pop() {
                    token.cancel();
                    cancelled.lock().unwrap().insert(id, scheduler.clock());
                }
            }
            scheduler.leave();
        });
    });
    let mut calls = std::mem::take(&mut *calls.lock().unwrap());
    for (id, at) in cancelled.into_inner().unwrap() {
        if let Some(call) = calls.get_mut(&id) {
            call.cancelled = Some(at);
        }
    }
    let log = std::mem::take(&mut *log.lock().unwrap());
    SimulatedWorld {
        seed,
        driver,
        rate,
        longest_wait,
        calls,
        log,
        second,
    }
}

/// Runs the world of a seed, and checks every promise.
pub(crate) fn world(seed: u64) {
    run(seed, Driver::Threads).check();
    run(seed, Driver::Pool).check();
}

#[cfg(test)]
fn setting(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap())
}

/// The seeds of a thundering herd or an outage, each of which takes thousands of times as long as a small world.
#[cfg(test)]
fn worlds() -> std::ops::RangeInclusive<u64> {
    1..=(setting("PENBOX_SIMULATION", 1_000) / 3_000).max(1)
}

#[test]
fn every_world_keeps_every_promise() {
    let first = setting("PENBOX_SIMULATION_SEED", 1);
    let count = setting("PENBOX_SIMULATION", 1_000);
    let workers = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    std::thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || {
                let seeds = (first..first + count).filter(|seed| seed % workers == worker);
                seeds.for_each(world);
            });
        }
    });
    println!("simulation: {count} of {count} worlds keep every promise");
}

#[test]
fn a_seed_is_one_world() {
    let requests = |world: SimulatedWorld| {
        let epoch = world.log.first().map(|sent| sent.begun);
        world
            .log
            .iter()
            .map(move |sent| (sent.call.clone(), sent.fate, epoch.map(|e| sent.begun - e)))
            .collect::<Vec<_>>()
    };
    for driver in [Driver::Threads, Driver::Pool] {
        assert_eq!(requests(run(7, driver)), requests(run(7, driver)));
        assert_ne!(requests(run(7, driver)), requests(run(8, driver)));
    }
}
