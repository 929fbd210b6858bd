//! A server that fails in every way, and the truth of what it did.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::scheduler::{Rng, Scheduler};
use crate::error::{ErrorKind, Reason};
use crate::transport::{Body, CallContext, Reply, Request, SendState, Transport, TransportError};

/// What really became of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It never left.
    Unsent,
    /// The server refused it before any work.
    Limited,
    /// The server answered, and did not act.
    Refused,
    /// It was lost, or the server failed, before it acted.
    Lost,
    /// The server acted, whatever came of the answer.
    Acted,
}

/// One request, as both ends know it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) call: String,
    pub(crate) begun: Instant,
    /// When the server counted it.
    pub(crate) arrived: Option<Instant>,
    pub(crate) ended: Instant,
    pub(crate) fate: Fate,
    /// What the answer asked for.
    pub(crate) asked: Option<Duration>,
    pub(crate) answer: Option<u16>,
    pub(crate) url: String,
    pub(crate) has_token: bool,
}

/// What goes wrong, in percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultRates {
    pub(crate) unsent: u64,
    pub(crate) lost: u64,
    pub(crate) failing: u64,
    pub(crate) refusing: u64,
    pub(crate) slow: u64,
    /// Requests in one window before a 429.
    pub(crate) limit: Option<usize>,
}

pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// The transport that leads to it.
pub(crate) struct Simulated {
    pub(crate) scheduler: Scheduler,
    pub(crate) rates: FaultRates,
    pub(crate) log: Arc<Mutex<Vec<Sent>>>,
}

impl Simulated {
    fn limited(&self, now: Instant) -> bool {
        let recent = |sent: &&Sent| sent.arrived.is_some_and(|at| at + WINDOW > now);
        let count = self.log.lock().unwrap().iter().filter(recent).count();
        self.rates.limit.is_some_and(|limit| count >= limit)
    }

    fn throw<T>(&self, throw: impl FnOnce(&mut Rng) -> T) -> T {
        self.scheduler.rng(throw)
    }
}

/// An attempt's way; every wait on it may be ended, and takes from its time.
struct Way<'a> {
    scheduler: &'a Scheduler,
    context: &'a CallContext,
    left: Duration,
}

impl Way<'_> {
    /// Goes on after a wait, or ends with the call or with the attempt's time.
    fn wait(&mut self, wait: Duration, reached: SendState) -> Result<(), TransportError> {
        let cancel = &self.context.cancel;
        let ended = self.scheduler.sleep(wait.min(self.left), cancel);
        if ended {
            return Err(self
                .context
                .attribute(fault(ErrorKind::Connection, reached)));
        }
        if wait >= self.left {
            return Err(fault(ErrorKind::Timeout, reached));
        }
        self.left -= wait;
        Ok(())
    }
}

pub(crate) fn fault(kind: ErrorKind, reached: SendState) -> TransportError {
    TransportError::new(kind, "simulated", reached)
}

impl Transport for Simulated {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError> {
        let mut sent = Sent {
            call: request
                .url
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            begun: self.scheduler.clock(),
            arrived: None,
            ended: self.scheduler.clock(),
            fate: Fate::Unsent,
            asked: None,
            answer: None,
            url: request.url.clone(),
            has_token: request.headers.contains_key(AUTHORIZATION),
        };
        let index = {
            let mut log = self.log.lock().unwrap();
            log.push(sent.clone());
            log.len() - 1
        };
        let result = self.travel(&request, &mut sent, index);
        sent.ended = self.scheduler.clock();
        self.log.lock().unwrap()[index] = sent;
        result
    }

    fn shutdown(&self) {}
}

impl Simulated {
    fn travel(
        &self,
        request: &Request<'_>,
        sent: &mut Sent,
        index: usize,
    ) -> Result<Reply, TransportError> {
        let rates = self.rates;
        let mut way = Way {
            scheduler: &self.scheduler,
            context: &request.context,
            left: request.limits.attempt.unwrap_or(Duration::from_secs(600)),
        };
        let (unsent, there) = self.throw(|rng| (rng.random(rates.unsent), rng.ms(80)));
        way.wait(there, SendState::NotSent)?;
        if unsent {
            return Err(fault(ErrorKind::Connection, SendState::NotSent));
        }
        sent.fate = Fate::Lost;
        if self.throw(|rng| rng.random(rates.lost)) {
            return Err(fault(ErrorKind::Connection, SendState::MaybeSent));
        }
        let now = self.scheduler.clock();
        let limited = self.limited(now);
        sent.arrived = Some(now);
        self.log.lock().unwrap()[index].arrived = Some(now);
        if limited {
            sent.fate = Fate::Limited;
            let (asked, back) = self.throw(|rng| (rng.below(140), rng.ms(80)));
            way.wait(back, SendState::MaybeSent)?;
            let asked = match asked {
                0..=10 => None,
                // Now and then more than a client is quiet for, and than anybody waits.
                11..=13 => Some(Duration::from_secs(3_600)),
                _ => Some(Duration::from_secs(asked)),
            };
            return Ok(self.answer(sent, 429, asked));
        }
        let (slow, work) = self.throw(|rng| {
            let slow = rng.random(rates.slow);
            (slow, rng.ms(if slow { 90_000 } else { 300 }))
        });
        // A slow server acts before it answers, or after: the caller cannot know.
        let acts_first = slow && self.throw(|rng| rng.random(50));
        if acts_first {
            sent.fate = Fate::Acted;
        }
        way.wait(work, SendState::MaybeSent)?;
        let (failing, refusing, lost, which, back) = self.throw(|rng| {
            (
                rng.random(rates.failing),
                rng.random(rates.refusing),
                rng.random(rates.lost),
                rng.below(6) as usize,
                rng.ms(80),
            )
        });
        let status = match (failing, refusing && !acts_first) {
            (true, _) => {
                let acted = acts_first || self.throw(|rng| rng.random(50));
                sent.fate = if acted { Fate::Acted } else { Fate::Lost };
                [500, 502, 503, 504, 408, 500][which]
            }
            (_, true) => {
                sent.fate = Fate::Refused;
                [400, 401, 403, 404, 409, 422][which]
            }
            _ => {
                sent.fate = Fate::Acted;
                200
            }
        };
        let asked = match failing && self.throw(|rng| rng.random(50)) {
            true => Some(self.throw(|rng| Duration::from_secs(rng.below(120)))),
            false => None,
        };
        way.wait(back, SendState::MaybeSent)?;
        match lost {
            // Half of what is lost on the way back is lost within the body.
            true if status != 200 || which < 3 => {
                Err(fault(ErrorKind::Connection, SendState::MaybeSent))
            }
            true => {
                sent.answer = Some(200);
                Ok(reply(200, Rest::cut()))
            }
            false => Ok(self.answer(sent, status, asked)),
        }
    }

    fn answer(&self, sent: &mut Sent, status: u16, asked: Option<Duration>) -> Reply {
        (sent.answer, sent.asked) = (Some(status), asked);
        whole(status, asked)
    }
}

/// An answer that comes whole.
pub(crate) fn whole(status: u16, asked: Option<Duration>) -> Reply {
    let body = match asked {
        Some(asked) => format!(
            r#"{{"statusCode":{status},"error":"e","message":"m","retryAfter":{}}}"#,
            asked.as_secs()
        ),
        None => r#"{"statusCode":0,"error":"e","message":"m"}"#.to_owned(),
    };
    reply(status, Rest::whole(body))
}

fn reply(status: u16, body: Rest) -> Reply {
    Reply {
        status,
        headers: HeaderMap::new(),
        body: Box::new(body),
    }
}

/// A body, whole or cut.
struct Rest {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Rest {
    fn whole(text: String) -> Rest {
        Rest {
            bytes: text.into_bytes(),
            is_cut: false,
        }
    }

    fn cut() -> Rest {
        Rest {
            bytes: b"{".to_vec(),
            is_cut: true,
        }
    }
}

impl Body for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        let count = self.bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes.drain(..count);
        match (count, self.is_cut) {
            (0, true) => {
                Err(fault(ErrorKind::Response, SendState::MaybeSent).because(Reason::Truncated))
            }
            _ => Ok(count),
        }
    }
}
