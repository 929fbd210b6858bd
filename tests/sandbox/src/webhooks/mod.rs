//! Webhooks: events of forms, signed and sent to the addresses that a form was created with.

mod delivery;
mod keys;
mod outbox;
mod payload;
mod post;
mod settings;
mod signature;
mod tamper;
mod target;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

pub use delivery::{Delivery, DeliveryAttempt, DeliveryState};
pub use outbox::Replay;
pub use settings::{KeySet, WebhookPatch, WebhookSettings};
pub use tamper::Tamper;

use crate::error::ApiError;
use crate::store::forms::Form;
use outbox::Outbox;

/// Receivers that are spoken to at once: one that hangs must not hold up the others.
const WORKERS: usize = 8;
/// How often a hand-moved clock is looked at while something waits for it.
const GLANCE: Duration = Duration::from_millis(10);
/// How long the end of the sandbox waits for its workers.
const GRACE: Duration = Duration::from_secs(1);

/// The clock that deliveries go by.
pub(crate) type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Sends what happens to forms; clones are the same.
#[derive(Clone)]
pub(crate) struct Webhooks(Arc<Shared>);

struct Shared {
    outbox: Mutex<Outbox>,
    changed: Condvar,
    origin: String,
    anywhere: bool,
    now: Now,
}

impl Webhooks {
    pub(crate) fn new(origin: String, anywhere: bool, now: Now) -> Self {
        Self(Arc::new(Shared {
            outbox: Mutex::default(),
            changed: Condvar::new(),
            origin,
            anywhere,
            now,
        }))
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what happened to a form into the outbox. Never waits for a receiver.
    pub(crate) fn emit(&self, form: &Form, events: &[&str], data: (&str, &str)) {
        let wants = |wanted: &[String]| {
            events
                .iter()
                .any(|event| wanted.iter().any(|one| one == event))
        };
        let urls: Vec<&String> = form
            .webhooks
            .iter()
            .filter(|(_, wanted)| wants(wanted))
            .map(|(url, _)| url)
            .collect();
        if urls.is_empty() {
            return;
        }
        let body = payload::body(form, events, data, &self.0.origin);
        let now = (self.0.now)();
        let mut outbox = self.outbox();
        for url in urls {
            outbox.add(url, &form.id, events, body.clone(), self.0.anywhere, now);
        }
        self.staff(&mut outbox);
    }

    /// Starts the workers with the first delivery: most sandboxes need none.
    fn staff(&self, outbox: &mut Outbox) {
        while outbox.workers < WORKERS && !outbox.ended {
            let webhooks = self.clone();
            let name = "penbox-webhooks".to_owned();
            if thread::Builder::new()
                .name(name)
                .spawn(move || webhooks.work())
                .is_err()
            {
                break;
            }
            outbox.workers += 1;
        }
        self.0.changed.notify_all();
    }

    fn work(&self) {
        let issuer = format!("{}/", self.0.origin);
        let mut outbox = self.outbox();
        while !outbox.ended {
            let Some(job) = outbox.take(&issuer, (self.0.now)()) else {
                outbox = self.rest(outbox);
                continue;
            };
            drop(outbox);
            let limit = Duration::from_millis(job.timeout_ms);
            let result = post::post(
                &job.target,
                &job.signed.headers,
                &job.signed.body,
                limit,
                |stream| {
                    let mut outbox = self.outbox();
                    if let (false, Ok(copy)) = (outbox.ended, stream.try_clone()) {
                        outbox.sockets.insert(job.id, copy);
                    }
                },
            );
            outbox = self.outbox();
            outbox.finish(job, result, (self.0.now)());
            self.0.changed.notify_all();
        }
        outbox.workers -= 1;
        drop(outbox);
        self.0.changed.notify_all();
    }

    /// Waits for something to do. While something is due later the clock has to be looked at, for a hand may move it.
    fn rest<'a>(&'a self, outbox: MutexGuard<'a, Outbox>) -> MutexGuard<'a, Outbox> {
        if outbox.is_waiting() {
            let rested = self.0.changed.wait_timeout(outbox, GLANCE);
            return rested.unwrap_or_else(PoisonError::into_inner).0;
        }
        let rested = self.0.changed.wait(outbox);
        rested.unwrap_or_else(PoisonError::into_inner)
    }

    /// Every delivery that is kept, oldest first.
    pub(crate) fn all(&self) -> Vec<Delivery> {
        self.outbox().all()
    }

    /// Waits until nothing is pending; false when the time is over first.
    pub(crate) fn wait_idle(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let mut outbox = self.outbox();
        while outbox.is_busy() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.0.changed.wait_timeout(outbox, left);
            outbox = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    pub(crate) fn replay(&self, id: u64, how: Replay) -> Result<Delivery, ApiError> {
        let now = (self.0.now)();
        let mut outbox = self.outbox();
        let replayed = outbox.replay(id, how, now).ok_or_else(ApiError::not_found);
        self.staff(&mut outbox);
        replayed
    }

    pub(crate) fn set(&self, patch: WebhookPatch) -> Result<WebhookSettings, ApiError> {
        let settings = self.outbox().settings.apply(patch);
        self.0.changed.notify_all();
        settings.map_err(ApiError::bad_request)
    }

    pub(crate) fn rotate(&self) -> String {
        let mut outbox = self.outbox();
        outbox.keys.rotate();
        outbox.keys.kid()
    }

    /// The key set, and how it fails.
    pub(crate) fn key_set(&self) -> (KeySet, Value) {
        let outbox = self.outbox();
        (outbox.settings.key_set, outbox.keys.set())
    }

    pub(crate) fn reset(&self) {
        self.outbox().reset();
        self.0.changed.notify_all();
    }

    /// Ends the workers, those that hang on a receiver too.
    pub(crate) fn stop(&self) {
        let deadline = Instant::now() + GRACE;
        let mut outbox = self.outbox();
        outbox.ended = true;
        outbox.cut();
        self.0.changed.notify_all();
        while outbox.workers > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.0.changed.wait_timeout(outbox, left);
            outbox = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
