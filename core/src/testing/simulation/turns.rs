//! Turns under a rate limit: calls that block and calls of the pool, of JSON and of files, are served in the order in which they were
//! made, each as soon as the rate lets it, whoever leaves the queue before.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};

use super::pooled::SimulatedPool;
use super::scheduler::{Rng, Scheduler};
use super::server::{fault, whole};
use super::{ORIGIN, setting};
use crate::cancel::{CancelScope, CancelToken};
use crate::config::{ClientBuilder, Rate};
use crate::error::{Error, ErrorKind, Outcome};
use crate::files::Download;
use crate::send::options::CallOptions;
use crate::send::request::{JSON, Method, PreparedRequest, Safety};
use crate::send::sender::Sender;
use crate::send::suspension::{Suspension, suspend};
use crate::transport::{Body, Reply, Request, SendState, Transport, TransportError};

/// The callers that block a thread each. One call each, as all others.
const BLOCKING: usize = 15;
/// The callers that the pool runs, in half of the worlds, on as many threads: a call that has none has no turn yet.
const POOLED: usize = 6;
/// The bytes of a file, of which each takes a second.
const FILE: usize = 10;

/// One request, as the server saw it.
#[derive(Clone, Debug)]
struct Served {
    caller: usize,
    begun: Instant,
    arrived: Option<Instant>,
    /// The head of the answer, or the failure.
    head: Instant,
}

/// One call, as its caller saw it.
#[derive(Debug)]
struct Made {
    caller: usize,
    made: Instant,
    deadline: Option<Instant>,
    ended: Instant,
    error: Option<Error>,
}

impl Made {
    /// Reports whether the call had no turn in its time.
    fn is_refused(&self) -> bool {
        let kind = self.error.as_ref().map(Error::kind);
        kind == Some(ErrorKind::RateLimit)
    }
}

/// A world: its rates, its calls in any order, and its requests in order.
struct World {
    seed: u64,
    rates: Vec<Rate>,
    made: Vec<Made>,
    served: Vec<Served>,
}

/// A server that takes its time for heads, and a second for each byte of a file.
struct Slow {
    scheduler: Scheduler,
    served: Arc<Mutex<Vec<Served>>>,
}

impl Transport for Slow {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError> {
        let begun = self.scheduler.clock();
        let caller = request.url.rsplit('/').next().unwrap().parse().unwrap();
        let index = {
            let mut served = self.served.lock().unwrap();
            served.push(Served {
                caller,
                begun,
                arrived: None,
                head: begun,
            });
            served.len() - 1
        };
        let (is_unsent, there, back) =
            (self.scheduler).rng(|rng| (rng.chance(10), rng.ms(300), rng.ms(600)));
        self.scheduler.sleep(there, &CancelScope::default());
        let arrived = (!is_unsent).then(|| self.scheduler.clock());
        if !is_unsent {
            self.scheduler.sleep(back, &CancelScope::default());
        }
        let served = &mut self.served.lock().unwrap()[index];
        (served.arrived, served.head) = (arrived, self.scheduler.clock());
        if is_unsent {
            return Err(fault(ErrorKind::Connection, SendState::NotSent));
        }
        if !request.url.contains("/files/") {
            return Ok(whole(200, None));
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, FILE.into());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
        Ok(Reply {
            status: 200,
            headers,
            body: Box::new(Trickle(self.scheduler.clone(), FILE)),
        })
    }

    fn shutdown(&self) {}
}

/// The body of a file: so many bytes are left.
struct Trickle(Scheduler, usize);

impl Body for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        if self.1 == 0 {
            return Ok(0);
        }
        self.0
            .sleep(Duration::from_secs(1), &CancelScope::default());
        self.1 -= 1;
        buffer[0] = b'x';
        Ok(1)
    }
}

/// Makes the one call of a caller.
async fn call(scheduler: &Scheduler, sender: &Sender, caller: usize, tokens: &Tokens) -> Made {
    let (pause, is_file, limit, is_cancelled) = scheduler.rng(|rng| {
        let is_short = rng.chance(20);
        let limit = Duration::from_millis(if is_short {
            300 + rng.below(9_000)
        } else {
            600_000
        });
        (rng.ms(3_000), rng.chance(30), limit, rng.chance(10))
    });
    let nothing = CancelScope::default();
    let made = scheduler.clock() + pause;
    suspend(Suspension::of(scheduler, pause, None, &nothing)).await;
    let folder = if is_file { "files" } else { "forms" };
    let request = PreparedRequest {
        operation: "simulated",
        method: Method::Get,
        path: "/forms",
        safety: Safety::Safe,
        path_and_query: format!("/{folder}/{caller}"),
        body: None,
        form: Vec::new(),
        accept: if is_file { "application/pdf" } else { JSON },
        skip_data: false,
    };
    let mut options = CallOptions::new().timeout(limit).max_attempts(1);
    options.begun = Some(made);
    if is_cancelled {
        let token = CancelToken::new();
        options = options.cancel(&token);
        tokens.lock().unwrap().push(token);
    }
    let error = if is_file {
        let sink = Download::memory().sink(u64::MAX, false).unwrap();
        sender.download(&request, sink, "x", &options).await.err()
    } else {
        sender.send(&request, &options, |_| Ok(())).await.err()
    };
    Made {
        caller,
        made,
        deadline: made.checked_add(limit),
        ended: scheduler.clock(),
        error,
    }
}

type Tokens = Arc<Mutex<Vec<CancelToken>>>;

fn run(seed: u64) -> World {
    let mut rng = Rng::new(seed);
    let text = ["1/s", "1/s", "2/s", "5/3s", "2/s, 7/10s"][rng.below(5) as usize];
    let has_pool = rng.chance(50);
    let pool_threads = if has_pool { POOLED + 1 } else { 0 };
    let scheduler = Scheduler::new(seed, BLOCKING + pool_threads + 1);
    let served = Arc::default();
    let transport = Slow {
        scheduler: scheduler.clone(),
        served: Arc::clone(&served),
    };
    // However little a server may make a call wait: the caller's own rate is waited for.
    let builder = ClientBuilder::new()
        .token("pnbx_turns")
        .base_url(ORIGIN)
        .max_retry_wait(Duration::ZERO)
        .rate_limit(text);
    let settings = builder.build_settings().unwrap();
    let rates = settings.rates.clone();
    let sender = Sender::simulated(settings, Box::new(transport), Box::new(scheduler.clone()));
    let sender = Arc::new(sender);
    let made: Arc<Mutex<Vec<Made>>> = Arc::default();
    let tokens = Tokens::default();
    let script = |caller: usize| {
        let (scheduler, sender) = (scheduler.clone(), Arc::clone(&sender));
        let (made, tokens) = (Arc::clone(&made), Arc::clone(&tokens));
        async move {
            let one = call(&scheduler, &sender, caller, &tokens).await;
            made.lock().unwrap().push(one);
        }
    };
    let pool = SimulatedPool::new(&scheduler, POOLED);
    if has_pool {
        (BLOCKING..BLOCKING + POOLED).for_each(|caller| pool.submit(Box::pin(script(caller))));
    }
    std::thread::scope(|scope| {
        for thread in 0..BLOCKING + pool_threads {
            let (scheduler, pool, sender, script) = (&scheduler, &pool, &sender, &script);
            scope.spawn(move || {
                scheduler.enter(thread);
                match thread.checked_sub(BLOCKING) {
                    None => sender.block(script(thread)),
                    Some(worker) => pool.work(worker),
                }
                scheduler.leave();
            });
        }
        scope.spawn(|| {
            scheduler.enter(BLOCKING + pool_threads);
            for _ in 0..5 {
                let wait = scheduler.rng(|rng| rng.ms(4_000));
                scheduler.sleep(wait, &CancelScope::default());
                if let Some(token) = tokens.lock().unwrap().pop() {
                    token.cancel();
                }
            }
            scheduler.leave();
        });
    });
    World {
        seed,
        rates,
        made: std::mem::take(&mut made.lock().unwrap()),
        served: std::mem::take(&mut served.lock().unwrap()),
    }
}

impl World {
    fn made(&self, caller: usize) -> &Made {
        self.made.iter().find(|made| made.caller == caller).unwrap()
    }

    fn holds(&self, promise: &str, is_held: bool, detail: &dyn std::fmt::Debug) {
        assert!(
            is_held,
            "{promise}: seed {}, {:?}\n{detail:#?}\n{:#?}\n{:#?}",
            self.seed, self.rates, self.served, self.made
        );
    }

    fn check(&self) {
        let order: Vec<Instant> = self
            .served
            .iter()
            .map(|one| self.made(one.caller).made)
            .collect();
        self.holds("first come, first served", order.is_sorted(), &order);
        for rate in &self.rates {
            let mut arrived: Vec<Instant> =
                self.served.iter().filter_map(|one| one.arrived).collect();
            arrived.sort();
            let mut full = arrived.windows(rate.requests + 1);
            let over = full.find(|some| some[rate.requests] < some[0] + rate.window);
            self.holds("no window holds more than the rate", over.is_none(), &over);
        }
        self.check_starts();
        self.check_refusals();
    }

    /// Each request starts as soon as it is the first and the rate lets it.
    fn check_starts(&self) {
        let mut before = None;
        for (index, one) in self.served.iter().enumerate() {
            let earliest = self.made(one.caller).made;
            let earliest = before.map_or(earliest, |before| earliest.max(before));
            let is_free = |at: Instant| {
                self.rates.iter().all(|rate| {
                    let counts = |other: &&Served| match other.arrived {
                        None => other.head > at,
                        Some(_) => other.head + rate.window > at,
                    };
                    self.served[..index].iter().filter(counts).count() < rate.requests
                })
            };
            let frees = self.served[..index].iter().flat_map(|other| {
                let windows = self.rates.iter().map(|rate| other.head + rate.window);
                windows.chain([other.head])
            });
            let times = frees.chain([earliest]).filter(|at| *at >= earliest);
            let first = times.filter(|at| is_free(*at)).min();
            let is_prompt = first == Some(one.begun);
            self.holds("no later than the rate demands", is_prompt, &(one, first));
            before = Some(one.begun);
        }
    }

    /// A call that is refused for its time is told as soon as that is known, and not before its turn would come too late.
    fn check_refusals(&self) {
        for made in self.made.iter().filter(|made| made.is_refused()) {
            let error = made.error.as_ref().unwrap();
            let facts = (error.outcome(), error.attempts(), error.reason());
            self.holds("refused unsent", facts == (Outcome::NotSent, 0, None), made);
            let (deadline, after) = (made.deadline.unwrap(), error.retry_after().unwrap());
            self.holds(
                "a wait that is honest",
                made.ended + after >= deadline,
                made,
            );
            self.holds("refused within its time", made.ended <= deadline, made);
        }
    }
}

#[test]
fn turns_are_kept_in_every_world() {
    let first = setting("PENBOX_SIMULATION_SEED", 1);
    let count = (setting("PENBOX_SIMULATION", 1_000) / 2).max(1);
    let mut waited = 0;
    let mut refused = 0;
    for seed in first..first + count {
        let world = run(seed);
        world.check();
        waited += world
            .served
            .iter()
            .filter(|one| one.begun > world.made(one.caller).made)
            .count();
        refused += world.made.iter().filter(|made| made.is_refused()).count();
    }
    assert!(waited > 0 && refused > 0);
    println!(
        "turns: {waited} calls waited for theirs, {refused} had none, in {count} of {count} worlds"
    );
}
