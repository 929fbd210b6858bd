use std::collections::{BTreeMap, BTreeSet};
use std::net::{Shutdown, TcpStream};

use jiff::{SignedDuration, Timestamp};

use super::delivery::{Delivery, DeliveryAttempt, DeliveryState};
use super::keys::Keys;
use super::settings::WebhookSettings;
use super::signature::{self, Signed};
use super::tamper::Tamper;
use super::target::Target;
use crate::clock::stamp;

/// Deliveries that are kept; the oldest that are no longer pending go first.
const KEPT: usize = 10_000;

/// A delivery, and what the next attempt needs.
struct Entry {
    delivery: Delivery,
    target: Option<Target>,
    /// Sent as it is, instead of being signed anew.
    verbatim: Option<Signed>,
    tamper: Option<Tamper>,
    /// The body of the last attempt, as it was sent.
    last_body: Vec<u8>,
}

/// What is to be sent, and to whom.
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) target: Target,
    pub(crate) signed: Signed,
    pub(crate) attempt: DeliveryAttempt,
    pub(crate) timeout_ms: u64,
    generation: u64,
}

/// Everything that is known of webhooks; behind a lock of its own, for workers wait on it.
#[derive(Default)]
pub(crate) struct Outbox {
    pub(crate) settings: WebhookSettings,
    pub(crate) keys: Keys,
    entries: BTreeMap<u64, Entry>,
    due: BTreeSet<(Timestamp, u64)>,
    last: u64,
    /// Goes up with each reset: an attempt of before counts no more.
    generation: u64,
    pub(crate) workers: usize,
    pub(crate) ended: bool,
    /// Sockets of the attempts under way.
    pub(crate) sockets: BTreeMap<u64, TcpStream>,
}

/// How a delivery is sent again.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replay {
    /// Sign anew; by default the bytes of the last attempt are sent once more, as somebody who recorded them would.
    pub fresh: bool,
    /// Sign anew, with this wrong.
    pub tamper: Option<Tamper>,
}

impl Outbox {
    /// Takes an event for one address.
    pub(crate) fn add(
        &mut self,
        url: &str,
        form_id: &str,
        events: &[&str],
        body: String,
        anywhere: bool,
        now: Timestamp,
    ) -> u64 {
        let (target, refusal) = match Target::parse(url, anywhere) {
            Ok(target) => (Some(target), None),
            Err(reason) => (None, Some(reason)),
        };
        let delivery = Delivery {
            id: 0,
            url: url.to_owned(),
            form_id: form_id.to_owned(),
            events: events.iter().map(|&event| event.to_owned()).collect(),
            state: DeliveryState::Pending,
            body,
            attempts: Vec::new(),
            next_attempt_at: None,
            refusal,
            replay_of: None,
        };
        let last_body = Vec::new();
        self.insert(
            Entry {
                delivery,
                target,
                verbatim: None,
                tamper: None,
                last_body,
            },
            now,
        )
    }

    fn insert(&mut self, mut entry: Entry, now: Timestamp) -> u64 {
        self.last += 1;
        let id = self.last;
        entry.delivery.id = id;
        if entry.target.is_some() {
            entry.delivery.next_attempt_at = Some(stamp(now));
            self.due.insert((now, id));
        } else {
            entry.delivery.state = DeliveryState::Refused;
        }
        self.entries.insert(id, entry);
        if self.entries.len() > KEPT {
            let ended = |entry: &&Entry| entry.delivery.state != DeliveryState::Pending;
            let oldest = self.entries.values().find(ended).map(|one| one.delivery.id);
            oldest.map(|id| self.entries.remove(&id));
        }
        id
    }

    /// Sends a delivery again, as a delivery of its own.
    pub(crate) fn replay(&mut self, id: u64, how: Replay, now: Timestamp) -> Option<Delivery> {
        let old = self.entries.get(&id)?;
        let mut delivery = old.delivery.clone();
        let recorded = old.delivery.attempts.last().map(|attempt| Signed {
            headers: attempt.headers.clone(),
            body: old.last_body.clone(),
        });
        let anew = how.fresh || how.tamper.is_some();
        delivery.attempts.clear();
        delivery.replay_of = Some(id);
        delivery.state = DeliveryState::Pending;
        let entry = Entry {
            delivery,
            target: old.target.clone(),
            verbatim: if anew { None } else { recorded },
            tamper: how.tamper,
            last_body: Vec::new(),
        };
        let id = self.insert(entry, now);
        self.entries.get(&id).map(|entry| entry.delivery.clone())
    }

    /// The attempt that is due, signed.
    pub(crate) fn take(&mut self, issuer: &str, now: Timestamp) -> Option<Job> {
        let &(at, id) = self.due.first()?;
        if self.settings.paused || at > now {
            return None;
        }
        self.due.remove(&(at, id));
        let entry = self.entries.get_mut(&id)?;
        entry.delivery.next_attempt_at = None;
        let tamper = entry.tamper.or(self.settings.tamper);
        let (signed, tamper) = match entry.verbatim.clone() {
            Some(signed) => (signed, None),
            None => {
                let (url, body) = (&entry.delivery.url, entry.delivery.body.as_bytes());
                let signed = signature::sign(self.keys, issuer, url, body, now, tamper);
                (signed, tamper)
            }
        };
        entry.last_body.clone_from(&signed.body);
        let attempt = DeliveryAttempt {
            at: stamp(now),
            headers: signed.headers.clone(),
            status: None,
            error: None,
            tamper,
        };
        Some(Job {
            id,
            target: entry.target.clone()?,
            signed,
            attempt,
            timeout_ms: self.settings.timeout_ms,
            generation: self.generation,
        })
    }

    /// Writes down how an attempt ended, and plans the next where it failed.
    pub(crate) fn finish(&mut self, job: Job, result: Result<u16, String>, now: Timestamp) {
        self.sockets.remove(&job.id);
        if job.generation != self.generation {
            return;
        }
        let settings = self.settings;
        let Some(entry) = self.entries.get_mut(&job.id) else {
            return;
        };
        let mut attempt = job.attempt;
        match result {
            Ok(status) => attempt.status = Some(status),
            Err(error) => attempt.error = Some(error),
        }
        let good = attempt
            .status
            .is_some_and(|status| (200..300).contains(&status));
        let delivery = &mut entry.delivery;
        delivery.attempts.push(attempt);
        let done = delivery.attempts.len();
        if good {
            delivery.state = DeliveryState::Delivered;
        } else if u32::try_from(done).is_ok_and(|done| done >= settings.attempts) {
            delivery.state = DeliveryState::Failed;
        } else {
            let pause = i64::try_from(settings.pause(done)).unwrap_or(i64::MAX);
            let at = now
                .checked_add(SignedDuration::from_millis(pause))
                .unwrap_or(Timestamp::MAX);
            delivery.next_attempt_at = Some(stamp(at));
            self.due.insert((at, job.id));
        }
    }

    /// The deliveries that are kept, oldest first.
    pub(crate) fn all(&self) -> Vec<Delivery> {
        self.entries
            .values()
            .map(|entry| entry.delivery.clone())
            .collect()
    }

    /// Something is under way or due at some time.
    pub(crate) fn is_busy(&self) -> bool {
        let pending = |entry: &Entry| entry.delivery.state == DeliveryState::Pending;
        self.entries.values().any(pending)
    }

    /// An attempt is due some time.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.due.is_empty() && !self.settings.paused
    }

    /// As at the start; attempts under way are cut.
    pub(crate) fn reset(&mut self) {
        self.cut();
        let workers = self.workers;
        *self = Self {
            generation: self.generation + 1,
            workers,
            ended: self.ended,
            ..Self::default()
        };
    }

    /// Ends what hangs on a socket.
    pub(crate) fn cut(&mut self) {
        for socket in self.sockets.values() {
            // One that has ended by itself is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
        self.sockets.clear();
    }
}
