//! A second client of a simulated world. Its server is in good health, so nothing that the first one meets may hold it up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::SimulatedWorld;
use super::scheduler::Scheduler;
use super::server::{FaultRates, Sent, Simulated};
use crate::cancel::CancelScope;
use crate::config::ClientBuilder;
use crate::error::Error;
use crate::send::options::CallOptions;
use crate::send::request::{JSON, Method, PreparedRequest, Safety};
use crate::send::sender::Sender;
use crate::send::suspension::{Suspension, suspend};

/// The address of its server.
const ORIGIN: &str = "https://second.example/v1";
/// Over the time in which the first client makes its calls.
const CALLS: usize = 20;
/// The longest way there and back with the work between them.
const LONGEST: Duration = Duration::from_millis(80 + 300 + 80);

/// The second client.
#[derive(Clone)]
pub(super) struct Second {
    scheduler: Scheduler,
    sender: Arc<Sender>,
    log: Arc<Mutex<Vec<Sent>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// One call: how long it took, and its error.
type Call = (Duration, Option<Error>);

impl Second {
    pub(super) fn new(scheduler: &Scheduler) -> Second {
        let log = Arc::default();
        let transport = Simulated {
            scheduler: scheduler.clone(),
            rates: FaultRates::default(),
            log: Arc::clone(&log),
        };
        let builder = ClientBuilder::new().token("pnbx_second").base_url(ORIGIN);
        let settings = builder.build_settings().unwrap();
        let system = Box::new(scheduler.clone());
        Second {
            scheduler: scheduler.clone(),
            sender: Arc::new(Sender::simulated(settings, Box::new(transport), system)),
            log,
            calls: Arc::default(),
        }
    }

    /// Blocks a thread with its calls.
    pub(super) fn block(self) {
        let sender = Arc::clone(&self.sender);
        sender.block(self.script());
    }

    /// Makes its calls.
    pub(super) async fn script(self) {
        for number in 0..CALLS {
            let pause = self.scheduler.rng(|rng| rng.ms(10_000));
            // The call is due then, though no thread may be free for it.
            let due = self.scheduler.clock() + pause;
            suspend(Suspension::of(
                &self.scheduler,
                pause,
                None,
                &CancelScope::default(),
            ))
            .await;
            let request = PreparedRequest {
                operation: "second",
                method: Method::Get,
                path: "/calls/{id}",
                safety: Safety::Safe,
                path_and_query: format!("/calls/second-{number}"),
                body: None,
                form: Vec::new(),
                accept: JSON,
                skip_data: false,
            };
            let options = CallOptions::new();
            let result = self.sender.send(&request, &options, |_| Ok(())).await;
            let took = self.scheduler.clock() - due;
            self.calls.lock().unwrap().push((took, result.err()));
        }
    }

    /// Checks the promises about it.
    pub(super) fn check(&self, world: &SimulatedWorld) {
        let calls = self.calls.lock().unwrap();
        world.holds(
            "a second client makes all its calls",
            calls.len() == CALLS,
            &*calls,
        );
        let held = calls
            .iter()
            .find(|(took, error)| *took > LONGEST || error.is_some());
        world.holds("nothing holds a second client up", held.is_none(), &held);
        let log = self.log.lock().unwrap();
        let strayed = log.iter().find(|sent| !sent.url.starts_with(ORIGIN));
        world.holds(
            "a client's requests go to its own server",
            strayed.is_none() && log.len() == CALLS,
            &strayed,
        );
    }
}
