//! The simulation: thousands of small worlds, each from a seed. In a world several callers make calls to a server that fails in
//! every way. The same promises are checked in each world, against the real effect of each request. Each world is played twice: with
//! a thread for each caller, and with the pool, whose two threads all callers share.
//!
//! `PENBOX_SIMULATION` sets the number of worlds, `PENBOX_SIMULATION_SEED` the first seed. A broken promise names its seed. Every
//! 3,000 worlds add a thundering herd and an outage, which have hundreds of callers each.

#![expect(clippy::unwrap_used, reason = "a simulation is a test, too")]

#[cfg(test)]
mod load;
#[cfg(test)]
mod long_throttle;
#[cfg(test)]
mod outage;
mod pooled;
mod scheduler;
mod server;
#[cfg(test)]
mod thundering_herd;
#[cfg(test)]
pub(crate) mod uniform;
mod waits;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::cancel::{CancelScope, CancelToken};
use crate::config::ClientBuilder;
use crate::error::{Error, ErrorKind, Outcome};
use crate::send::options::CallOptions;
use crate::send::request::{JSON, Method, PreparedRequest, Safety};
use crate::send::sender::Sender;
use crate::send::suspension::{Suspension, suspend};
use crate::send::throttle;
use scheduler::{Rng, Scheduler};
use server::{Fate, FaultRates, Sent, Simulated, WINDOW};

const CALLERS: usize = 4;
const CALLS: usize = 13;
/// The only address that may see the token.
const ORIGIN: &str = "https://api.example/v1";
/// The time by which a call may pass a limit.
const GRACE: Duration = Duration::from_millis(250);

/// One call as its caller saw it.
struct Called {
    safety: Safety,
    attempts: u32,
    begun: Instant,
    /// The `timeout` of the call.
    limit: Duration,
    ended: Instant,
    /// The time of its cancel, if it was cancelled.
    cancelled: Option<Instant>,
    error: Option<Error>,
}

/// The tokens of the calls in flight, by the calls' ids.
type Tokens = Arc<Mutex<Vec<(String, CancelToken)>>>;

/// The record of one world.
struct SimulatedWorld {
    seed: u64,
    driver: Driver,
    rate: Option<usize>,
    longest_wait: Duration,
    calls: HashMap<String, Called>,
    log: Vec<Sent>,
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

/// What runs the callers.
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
        Driver::Pool => pooled::THREADS,
    };
    // One more cancels.
    let scheduler = Scheduler::new(seed, threads + 1);
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
    let pool = pooled::SimulatedPool::new(&scheduler);
    if driver == Driver::Pool {
        (0..CALLERS).for_each(|caller| pool.submit(Box::pin(script(caller))));
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
    }
}

/// Makes one call of a random kind with random options.
async fn call(scheduler: &Scheduler, sender: &Sender, id: &str, tokens: &Tokens) -> Called {
    let (kind, pause, attempts, limit, cancellable) = scheduler.rng(|rng| {
        (
            rng.below(3),
            rng.ms(3_000),
            1 + rng.below(5) as u32,
            Duration::from_millis(500 + rng.below(180_000)),
            rng.chance(20),
        )
    });
    suspend(Suspension::of(
        scheduler,
        pause,
        None,
        &CancelScope::default(),
    ))
    .await;
    let (method, safety) = [
        (Method::Get, Safety::Safe),
        (Method::Patch, Safety::Idempotent),
        (Method::Post, Safety::Unsafe),
    ][kind as usize];
    let request = PreparedRequest {
        operation: "simulated",
        method,
        path: "/calls/{id}",
        safety,
        path_and_query: format!("/calls/{id}"),
        body: None,
        accept: JSON,
        skip_data: false,
    };
    let mut options = CallOptions::new().timeout(limit).max_attempts(attempts);
    if cancellable {
        let token = CancelToken::new();
        options = options.cancel(&token);
        tokens.lock().unwrap().push((id.to_owned(), token));
    }
    let begun = scheduler.clock();
    let result = sender.send(&request, &options, |_| Ok(())).await;
    tokens.lock().unwrap().retain(|(other, _)| other != id);
    Called {
        safety,
        attempts,
        begun,
        limit,
        ended: scheduler.clock(),
        cancelled: None,
        error: result.err(),
    }
}

impl SimulatedWorld {
    /// Asserts a promise. The message has the command that plays the world again.
    fn holds(&self, promise: &str, held: bool, detail: &dyn std::fmt::Debug) {
        assert!(
            held,
            "{promise}: {:?}, PENBOX_SIMULATION_SEED={} PENBOX_SIMULATION=1 cargo test -p penbox simulation\n{detail:#?}",
            self.driver, self.seed
        );
    }

    fn check(&self) {
        self.check_rate_limit();
        self.check_throttle();
        self.check_retry_quota();
        for (id, call) in &self.calls {
            let sent: Vec<&Sent> = self.log.iter().filter(|sent| sent.call == *id).collect();
            self.check_call(call, &sent);
        }
        for sent in &self.log {
            let at_home = sent.url.starts_with(ORIGIN) && sent.has_token;
            self.holds("the token goes to the origin only", at_home, sent);
        }
    }

    /// No window has more requests than the rate limit, counted by the times at which the server received them.
    fn check_rate_limit(&self) {
        let Some(rate) = self.rate else { return };
        let mut arrived: Vec<Instant> = self.log.iter().filter_map(|sent| sent.arrived).collect();
        arrived.sort();
        let over = arrived
            .windows(rate + 1)
            .find(|some| some[rate] < some[0] + WINDOW);
        self.holds("never over the rate limit", over.is_none(), &over);
        let limited = self.log.iter().find(|sent| sent.fate == Fate::Limited);
        self.holds("with a rate limit no 429", limited.is_none(), &limited);
    }

    /// No request starts before the wait is over that a 429 requested, even if the call of the 429 does not wait.
    fn check_throttle(&self) {
        for limited in self.log.iter().filter(|sent| sent.answer == Some(429)) {
            let Some(wait) = limited.retry_after else {
                continue;
            };
            let until = limited.ended + wait.min(throttle::LONGEST);
            // A request that was under way when the 429 was received is checked with its own call.
            let early = self
                .log
                .iter()
                .find(|sent| sent.begun > limited.ended && sent.begun < until);
            self.holds(
                "never earlier than the server requested",
                early.is_none(),
                &(limited, early),
            );
        }
    }

    /// The repeats cost no more tokens than the retry quota has: 500, 14 for a repeat, 5 for one after a 429.
    fn check_retry_quota(&self) {
        let mut last: HashMap<&str, &Sent> = HashMap::new();
        let mut spent: i64 = 0;
        let mut cost: HashMap<&str, i64> = HashMap::new();
        for sent in &self.log {
            if let Some(before) = last.insert(&sent.call, sent) {
                let price = if before.answer == Some(429) { 5 } else { 14 };
                cost.insert(&sent.call, price);
                spent += price;
            }
        }
        let given: i64 = self
            .calls
            .iter()
            .filter(|(_, call)| call.error.is_none())
            .map(|(id, _)| cost.get(id.as_str()).copied().unwrap_or(1).max(1))
            .sum();
        self.holds(
            "repeats cost no more than the quota has",
            spent <= 500 + given,
            &(spent, given),
        );
    }

    /// Checks the promises about one call against its requests.
    fn check_call(&self, call: &Called, sent: &[&Sent]) {
        let detail = &(&call.error, sent);
        let late = call.ended > call.begun + call.limit + GRACE;
        self.holds("a call ends in its time", !late, detail);
        let many = sent.len() > call.attempts as usize;
        self.holds("no more attempts than allowed", !many, detail);
        let stated = call
            .error
            .as_ref()
            .map_or(sent.len(), |error| error.attempts() as usize);
        self.holds("an error states its attempts", stated == sent.len(), detail);
        if call.safety == Safety::Unsafe {
            let repeated = sent.split_last().map_or(&[][..], |(_, before)| before);
            // A request that was not sent, or met a 429, cannot have acted.
            let harmless = |sent: &&Sent| matches!(sent.fate, Fate::Unsent | Fate::Limited);
            self.holds("never twice", repeated.iter().all(harmless), detail);
        }
        if let Some(cancelled) = call.cancelled {
            let after = sent.iter().any(|sent| sent.begun > cancelled);
            self.holds("a cancelled call sends nothing more", !after, detail);
            let prompt = call.ended <= cancelled.max(call.begun) + GRACE;
            self.holds("a cancelled call ends at once", prompt, detail);
        }
        self.check_waits(call, sent, detail);
        self.check_outcome(call, sent, detail);
    }

    /// The outcome that an error states is true.
    fn check_outcome(&self, call: &Called, sent: &[&Sent], detail: &dyn std::fmt::Debug) {
        let acted = sent.iter().any(|sent| sent.fate == Fate::Acted);
        let outcome = call.error.as_ref().map(Error::outcome);
        let is_true = match outcome {
            None => acted,
            // A read has no effect, so every outcome is true.
            Some(_) if call.safety == Safety::Safe => true,
            Some(Outcome::NotSent | Outcome::Rejected) => !acted,
            Some(Outcome::Done) => acted,
            Some(_) => true,
        };
        self.holds("an outcome is true", is_true, detail);
        let closed = call
            .error
            .as_ref()
            .is_some_and(|error| error.kind() == ErrorKind::Closed);
        self.holds("nobody closed the client", !closed, detail);
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
