//! The verifier of webhooks for JavaScript.

use std::time::Duration;

use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;
use penbox_core::bindings::{Decision, Step, Undecided, replay_refusal};
use penbox_core::testing::TestClock;
use penbox_core::webhook::Verifier;

use crate::bridge::Bridge;
use crate::channel::Channel;
use crate::fault;
use crate::verifier_settings;

/// A verifier of deliveries.
#[napi]
pub struct NativeVerifier {
    verifier: Verifier,
    /// The clock that JavaScript sets before each step, if it has one of its own.
    clock: Option<TestClock>,
    channel: Channel,
}

/// The headers of a delivery, as pairs.
type Headers = Vec<(String, String)>;

#[napi]
impl NativeVerifier {
    /// Makes a step by the keys that are known: `["done", the decision]` or `["failed", the payload of an error]`. None if keys have to
    /// be fetched first. `step` is `verify`, `unwrap` or `forget`; `headers` has names and values in turn; `now` is the time in
    /// milliseconds since 1970, for a verifier whose clock is JavaScript's.
    #[napi]
    pub fn decide(
        &self,
        step: String,
        headers: Vec<String>,
        body: Uint8Array,
        now: Option<f64>,
    ) -> Option<Vec<String>> {
        self.set(now);
        let (step, headers) = (step_of(&step), pairs(headers));
        let decided = fault::either(|| match self.verifier.decide(step, &headers, &body) {
            Ok(decision) => Ok(Some(text(&decision))),
            Err(Undecided::NeedsKeys) => Ok(None),
            Err(Undecided::Failed(error)) => Err(fault::json(&error)),
        });
        match decided {
            Either::A(None) => None,
            Either::A(Some(text)) => Some(vec!["done".to_owned(), text]),
            Either::B(payload) => Some(vec!["failed".to_owned(), payload]),
        }
    }

    /// Verifies a delivery on a thread of its own, for which keys may be fetched. The end is sent with this ticket: the step itself is made
    /// afterwards, unless JavaScript has given it up meanwhile. Returns the payload of an error if it could not be started.
    #[napi]
    pub fn fetch(
        &self,
        ticket: f64,
        step: String,
        headers: Vec<String>,
        body: Uint8Array,
        now: Option<f64>,
    ) -> Option<String> {
        self.set(now);
        let channel = self.channel.clone();
        // The verifier's side in JavaScript has one such call at a time, so there is one thread.
        let started = self.verifier.fetch_keys_for(
            step_of(&step),
            pairs(headers),
            body.to_vec(),
            move |end| channel.finish(ticket, end.map(|()| None)),
        );
        started.err().map(|error| fault::json(&error))
    }

    /// The payload of the error for a delivery that JavaScript's store refuses: it has the delivery already, or failed with this text.
    #[napi]
    pub fn refusal(&self, failure: Option<String>) -> String {
        fault::json(&replay_refusal(failure))
    }

    fn set(&self, now: Option<f64>) {
        if let (Some(clock), Some(now)) = (&self.clock, now) {
            clock.set(Duration::from_millis(now as u64));
        }
    }
}

#[napi]
impl Bridge {
    /// A verifier of the deliveries to an address, or the payload of the error. `settings` is a JSON object of the verifier's settings,
    /// `network` one of a client's, `environment` has names and values in turn. With `clocked` each step brings the time.
    #[napi]
    pub fn verifier(
        &self,
        url: String,
        settings: String,
        network: String,
        environment: Vec<String>,
        clocked: bool,
    ) -> Either<NativeVerifier, String> {
        fault::either(|| {
            let builder = verifier_settings::builder(url, &settings, &network, environment)?;
            let clock = clocked.then(|| TestClock::at(Duration::ZERO));
            let builder = match &clock {
                Some(clock) => builder.clock(clock),
                None => builder,
            };
            let verifier = builder.build().map_err(|error| fault::json(&error))?;
            Ok(NativeVerifier {
                verifier,
                clock,
                channel: self.channel(),
            })
        })
    }
}

fn step_of(name: &str) -> Step {
    match name {
        "unwrap" => Step::Unwrap,
        "forget" => Step::Forget,
        _ => Step::Verify,
    }
}

fn pairs(flat: Vec<String>) -> Headers {
    let (mut flat, mut pairs) = (flat.into_iter(), Vec::new());
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        pairs.push((name, value));
    }
    pairs
}

/// A decision as JSON text: `id`, `ttl_ms` and `event`.
fn text(decision: &Decision) -> String {
    // An id has letters, digits, `-` and `_`, and a document is JSON already.
    let event = decision
        .document
        .as_ref()
        .map_or("null", |found| found.text());
    let (id, ttl) = (&decision.id, decision.lifetime.as_millis());
    format!(r#"{{"id":"{id}","ttl_ms":{ttl},"event":{event}}}"#)
}
