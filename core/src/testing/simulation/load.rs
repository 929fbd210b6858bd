//! Very many callers of one client, and a server that does as it is told.

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

/// What becomes of a request, by when it came and how many came before it; it takes its time on the stage.
type Told = Box<
    dyn Fn(&Scheduler, Duration, usize) -> std::result::Result<Reply, TransportError> + Send + Sync,
>;

/// Callers that take turns on one clock.
pub(crate) struct Load {
    scheduler: Scheduler,
    begun: Instant,
    sender: Sender,
    arrivals: Arc<Mutex<Vec<Duration>>>,
    size: usize,
}

struct Server {
    scheduler: Scheduler,
    begun: Instant,
    arrivals: Arc<Mutex<Vec<Duration>>>,
    told: Told,
}

impl Transport for Server {
    fn exchange(&self, _: Request<'_>) -> std::result::Result<Reply, TransportError> {
        let now = self.scheduler.clock() - self.begun;
        let before = {
            let mut arrivals = self.arrivals.lock().unwrap();
            arrivals.push(now);
            arrivals.len() - 1
        };
        (self.told)(&self.scheduler, now, before)
    }

    fn shutdown(&self) {}
}

impl Load {
    pub(crate) fn new(seed: u64, size: usize, told: Told) -> Load {
        let scheduler = Scheduler::new(seed, size);
        let (begun, arrivals) = (scheduler.clock(), Arc::default());
        let server = Server {
            scheduler: scheduler.clone(),
            begun,
            arrivals: Arc::clone(&arrivals),
            told,
        };
        let builder = ClientBuilder::new().token("pnbx_crowd").base_url(ORIGIN);
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

    /// Has each caller do its part on a thread of its own; what each gave, and when requests came.
    pub(crate) fn play<T: Send>(
        self,
        part: impl Fn(&Load, usize) -> T + Sync,
    ) -> (Vec<T>, Vec<Duration>) {
        let (crowd, part) = (&self, &part);
        let given = std::thread::scope(|scope| {
            let play = |caller| {
                scope.spawn(move || {
                    crowd.scheduler.enter(caller);
                    let given = part(crowd, caller);
                    crowd.scheduler.leave();
                    given
                })
            };
            let threads: Vec<_> = (0..self.size).map(play).collect();
            threads
                .into_iter()
                .map(|each| each.join().unwrap())
                .collect()
        });
        let arrivals = std::mem::take(&mut *self.arrivals.lock().unwrap());
        (given, arrivals)
    }

    /// How long the play has lasted.
    pub(crate) fn now(&self) -> Duration {
        self.scheduler.clock() - self.begun
    }

    /// Waits for a random time within limits.
    pub(crate) fn pause(&self, least: Duration, most: Duration) {
        let more = self
            .scheduler
            .rng(|rng| rng.ms((most - least).as_millis() as u64));
        self.scheduler.sleep(least + more, &CancelScope::default());
    }

    /// One call, which reads or acts.
    pub(crate) fn call(&self, reads: bool, options: &CallOptions) -> Result<()> {
        let (method, safety) = match reads {
            true => (Method::Get, Safety::Safe),
            false => (Method::Post, Safety::Unsafe),
        };
        let target = PreparedRequest {
            operation: "simulated",
            method,
            path: "/calls",
            safety,
            path_and_query: "/calls".to_owned(),
            body: None,
            accept: JSON,
            skip_data: false,
        };
        self.sender.send(&target, options, |_| Ok(()))
    }
}
