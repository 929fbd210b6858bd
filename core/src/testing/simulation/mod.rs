//! Thousands of small worlds, each from a seed: calls from several threads against a server that fails in every way. In each the
//! same promises hold, judged by what really happened.
//!
//! `PENBOX_SIMULATION` sets how many, `PENBOX_SIMULATION_SEED` the first; a promise that is broken names its seed. For every
//! 3,000 of them there is a herd and an outage, which have hundreds of callers each.

#![expect(clippy::unwrap_used, reason = "a simulation is a test, too")]

#[cfg(test)]
mod load;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod quiet;
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

use super::simulation::scheduler::{Rng, Scheduler};
use super::simulation::server::{Fate, FaultRates, Sent, Simulated, WINDOW};
use crate::cancel::{CancelScope, CancelToken};
use crate::config::ClientBuilder;
use crate::error::{Error, ErrorKind, Outcome};
use crate::send::options::CallOptions;
use crate::send::request::{JSON, Method, PreparedRequest, Safety};
use crate::send::sender::Sender;
use crate::send::throttle;

const CALLERS: usize = 4;
const CALLS: usize = 13;
const ORIGIN: &str = "https://api.example/v1";
/// What a limit may be passed by.
const GRACE: Duration = Duration::from_millis(250);

/// One call as its caller saw it.
struct Called {
    safety: Safety,
    attempts: u32,
    begun: Instant,
    limit: Duration,
    ended: Instant,
    cancelled: Option<Instant>,
    error: Option<Error>,
}

/// One world.
struct SimulatedWorld {
    seed: u64,
    rate: Option<usize>,
    longest_wait: Duration,
    calls: HashMap<String, Called>,
    log: Vec<Sent>,
}

fn rates(rng: &mut Rng) -> FaultRates {
    let mut percent = |most: u64| match rng.random(50) {
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
        limit: rng.random(50).then(|| 1 + rng.below(30) as usize),
    }
}

/// Plays the world of a seed.
fn play(seed: u64) -> SimulatedWorld {
    let mut rng = Rng::new(seed);
    let rates = rates(&mut rng);
    // A client that knows the limit keeps to it.
    let rate = rates.limit.filter(|_| rng.random(50));
    let longest_wait = Duration::from_secs([0, 5, 90, 300][rng.below(4) as usize]);
    let mut builder = ClientBuilder::new()
        .token("pnbx_simulated")
        .base_url(ORIGIN)
        .max_retry_wait(longest_wait);
    if let Some(rate) = rate {
        builder = builder.rate_limit(format!("{rate}/min"));
    }
    let scheduler = Scheduler::new(seed, CALLERS + 1);
    let log = Arc::new(Mutex::new(Vec::new()));
    let transport = Simulated {
        scheduler: scheduler.clone(),
        rates,
        log: Arc::clone(&log),
    };
    let settings = builder.build_settings().unwrap();
    let sender = Sender::simulated(settings, Box::new(transport), Box::new(scheduler.clone()));
    let calls = Mutex::new(HashMap::new());
    let tokens: Mutex<Vec<(String, CancelToken)>> = Mutex::default();
    let cancelled = Mutex::new(HashMap::new());
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (scheduler, sender, calls, tokens) = (&scheduler, &sender, &calls, &tokens);
            scope.spawn(move || {
                scheduler.enter(caller);
                for number in 0..CALLS {
                    let id = format!("{caller}-{number}");
                    let called = call(scheduler, sender, &id, tokens);
                    calls.lock().unwrap().insert(id, called);
                }
                scheduler.leave();
            });
        }
        scope.spawn(|| {
            scheduler.enter(CALLERS);
            // Ends a call now and then.
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
    let mut calls = calls.into_inner().unwrap();
    for (id, at) in cancelled.into_inner().unwrap() {
        if let Some(call) = calls.get_mut(&id) {
            call.cancelled = Some(at);
        }
    }
    let log = std::mem::take(&mut *log.lock().unwrap());
    SimulatedWorld {
        seed,
        rate,
        longest_wait,
        calls,
        log,
    }
}

/// One call of a kind and with options by chance.
fn call(
    scheduler: &Scheduler,
    sender: &Sender,
    id: &str,
    tokens: &Mutex<Vec<(String, CancelToken)>>,
) -> Called {
    let (kind, pause, attempts, limit, cancellable) = scheduler.rng(|rng| {
        (
            rng.below(3),
            rng.ms(3_000),
            1 + rng.below(5) as u32,
            Duration::from_millis(500 + rng.below(180_000)),
            rng.random(20),
        )
    });
    scheduler.sleep(pause, &CancelScope::default());
    let (method, safety) = [
        (Method::Get, Safety::Safe),
        (Method::Patch, Safety::Idempotent),
        (Method::Post, Safety::Unsafe),
    ][kind as usize];
    let target = PreparedRequest {
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
    let result = sender.send(&target, &options, |_| Ok(()));
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
    fn holds(&self, promise: &str, held: bool, detail: &dyn std::fmt::Debug) {
        assert!(
            held,
            "{promise}: PENBOX_SIMULATION_SEED={} PENBOX_SIMULATION=1 cargo test -p penbox simulation\n{detail:#?}",
            self.seed
        );
    }

    fn judge(&self) {
        self.judge_budget();
        self.judge_quiet();
        self.judge_quota();
        for (id, call) in &self.calls {
            let sent: Vec<&Sent> = self.log.iter().filter(|sent| sent.call == *id).collect();
            self.judge_call(call, &sent);
        }
        for sent in &self.log {
            let at_home = sent.url.starts_with(ORIGIN) && sent.has_token;
            self.holds("the token goes to the origin only", at_home, sent);
        }
    }

    /// Never more requests in any window than the budget, counted where the server counts.
    fn judge_budget(&self) {
        let Some(rate) = self.rate else { return };
        let mut arrived: Vec<Instant> = self.log.iter().filter_map(|sent| sent.arrived).collect();
        arrived.sort();
        let over = arrived
            .windows(rate + 1)
            .find(|some| some[rate] < some[0] + WINDOW);
        self.holds("never over the budget", over.is_none(), &over);
        let limited = self.log.iter().find(|sent| sent.fate == Fate::Limited);
        self.holds("with a budget no 429", limited.is_none(), &limited);
    }

    /// Nothing is begun before the time a 429 asked for, whether its own call waits for it or not.
    fn judge_quiet(&self) {
        for limited in self.log.iter().filter(|sent| sent.answer == Some(429)) {
            let Some(asked) = limited.asked else {
                continue;
            };
            let until = limited.ended + asked.min(throttle::LONGEST);
            // What was under way when the answer came is judged by the call that made it.
            let early = self
                .log
                .iter()
                .find(|sent| sent.begun > limited.ended && sent.begun < until);
            self.holds(
                "never earlier than the server asked",
                early.is_none(),
                &(limited, early),
            );
        }
    }

    /// Repeating costs, and the client's purse is limited.
    fn judge_quota(&self) {
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
            "repeats cost no more than there is",
            spent <= 500 + given,
            &(spent, given),
        );
    }

    fn judge_call(&self, call: &Called, sent: &[&Sent]) {
        let detail = &(&call.error, sent);
        let late = call.ended > call.begun + call.limit + GRACE;
        self.holds("a call ends in its time", !late, detail);
        let many = sent.len() > call.attempts as usize;
        self.holds("no more attempts than allowed", !many, detail);
        let told = call
            .error
            .as_ref()
            .map_or(sent.len(), |e| e.attempts() as usize);
        self.holds("an error tells its attempts", told == sent.len(), detail);
        if call.safety == Safety::Unsafe {
            let repeated = sent.split_last().map_or(&[][..], |(_, before)| before);
            let harmless = |sent: &&Sent| matches!(sent.fate, Fate::Unsent | Fate::Limited);
            self.holds("never twice", repeated.iter().all(harmless), detail);
        }
        if let Some(cancelled) = call.cancelled {
            let after = sent.iter().any(|sent| sent.begun > cancelled);
            self.holds("a cancelled call sends nothing more", !after, detail);
            let prompt = call.ended <= cancelled.max(call.begun) + GRACE;
            self.holds("a cancelled call ends at once", prompt, detail);
        }
        self.judge_waits(call, sent, detail);
        self.judge_outcome(call, sent, detail);
    }

    /// What an error says of the server is true.
    fn judge_outcome(&self, call: &Called, sent: &[&Sent], detail: &dyn std::fmt::Debug) {
        let acted = sent.iter().any(|sent| sent.fate == Fate::Acted);
        let outcome = call.error.as_ref().map(Error::outcome);
        let is_true = match outcome {
            None => acted,
            // A read acts on nothing, whatever is told of it.
            Some(_) if call.safety == Safety::Safe => true,
            Some(Outcome::NotSent | Outcome::Rejected) => !acted,
            Some(Outcome::Done) => acted,
            Some(_) => true,
        };
        self.holds("an outcome is true", is_true, detail);
        let closed = call
            .error
            .as_ref()
            .is_some_and(|e| e.kind() == ErrorKind::Closed);
        self.holds("nobody closed the client", !closed, detail);
    }
}

/// The world of a seed keeps every promise.
pub(crate) fn world(seed: u64) {
    play(seed).judge();
}

#[cfg(test)]
fn setting(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap())
}

/// The seeds of what takes thousands of times as long as a small world.
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
    let story = |world: SimulatedWorld| {
        let epoch = world.log.first().map(|sent| sent.begun);
        world
            .log
            .iter()
            .map(move |sent| (sent.call.clone(), sent.fate, epoch.map(|e| sent.begun - e)))
            .collect::<Vec<_>>()
    };
    assert_eq!(story(play(7)), story(play(7)));
    assert_ne!(story(play(7)), story(play(8)));
}
