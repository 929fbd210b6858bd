//! A load: very many callers of one client, and a server with a given behaviour.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::ORIGIN;
use super::scheduler::Scheduler;
use crate::cancel::CancelScope;
use crate::config::ClientBuilder;
use crate::error::Result;
use crate::send::options::CallOptions;
use crate::send::request::{JSON, Method, PreparedRequest, Safety};
use crate::send::sender::Sender;
use crate::transport::{Reply, Request, Transport, TransportError};

/// The server's answer to a request, by the time it arrived and the number of requests before it. It may sleep on the scheduler.
type Respond = Box<
    dyn Fn(&Scheduler, Duration, usize) -> std::result::Result<Reply, TransportError> + Send + Sync,
>;

/// Callers of one client that take turns on one clock.
pub(crate) struct Load {
    scheduler: Scheduler,
    begun: Instant,
    sender: Sender,
    arrivals: Arc<Mutex<Vec<Duration>>>,
    size: usize,
}

/// The transport of a load, which records when each request arrives.
struct Server {
    scheduler: Scheduler,
    begun: Instant,
    arrivals: Arc<Mutex<Vec<Duration>>>,
    respond: Respond,
}

impl Transport for Server {
    fn exchange(&self, _: Request<'_>) -> std::result::Result<Reply, TransportError> {
        let now = self.scheduler.clock() - self.begun;
        let before = {
            let mut arrivals = self.arrivals.lock().unwrap();
            arrivals.push(now);
            arrivals.len() - 1
        };
        (self.respond)(&self.scheduler, now, before)
    }

    fn shutdown(&self) {}
}

impl Load {
    /// A load of so many callers, whose turns follow from the seed.
    pub(crate) fn new(seed: u64, size: usize, respond: Respond) -> Load {
        let scheduler = Scheduler::new(seed, size);
        let (begun, arrivals) = (scheduler.clock(), Arc::default());
        let server = Server {
            scheduler: scheduler.clone(),
            begun,
            arrivals: Arc::clone(&arrivals),
            respond,
        };
        let builder = ClientBuilder::new().token("pnbx_load").base_url(ORIGIN);
        let settings = builder.build_settings().unwrap();
        let sender = Sender::simulated(settings, Box::new(server), Box::new(scheduler.clone()));
        Load {
            scheduler,
            begun,
            sender,
            arrivals,
            size,
        }
    }

    /// Runs `work` for each caller on a thread of its own. Returns the results, and the arrival times of the requests.
    pub(crate) fn run<T: Send>(
        self,
        work: impl Fn(&Load, usize) -> T + Sync,
    ) -> (Vec<T>, Vec<Duration>) {
        let (load, work) = (&self, &work);
        let results = std::thread::scope(|scope| {
            let start = |caller| {
                scope.spawn(move || {
                    load.scheduler.enter(caller);
                    let result = work(load, caller);
                    load.scheduler.leave();
                    result
                })
            };
            let threads: Vec<_> = (0..self.size).map(start).collect();
            threads
                .into_iter()
                .map(|each| each.join().unwrap())
                .collect()
        });
        let arrivals = std::mem::take(&mut *self.arrivals.lock().unwrap());
        (results, arrivals)
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.scheduler.clock() - self.begun
    }

    /// Sleeps for a random time within limits.
    pub(crate) fn pause(&self, least: Duration, most: Duration) {
        let more = self
            .scheduler
            .rng(|rng| rng.ms((most - least).as_millis() as u64));
        self.scheduler.sleep(least + more, &CancelScope::default());
    }

    /// Makes one call, which reads or acts.
    pub(crate) fn call(&self, reads: bool, options: &CallOptions) -> Result<()> {
        let (method, safety) = match reads {
            true => (Method::Get, Safety::Safe),
            false => (Method::Post, Safety::Unsafe),
        };
        let request = PreparedRequest {
            operation: "simulated",
            method,
            path: "/calls",
            safety,
            path_and_query: "/calls".to_owned(),
            body: None,
            form: Vec::new(),
            accept: JSON,
            skip_data: false,
        };
        self.sender
            .block(self.sender.send(&request, options, |_| Ok(())))
    }
}
