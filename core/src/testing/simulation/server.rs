//! A simulated server that fails in every way, and a log of the real effect of each request.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH};

use super::file::{self, Received};
use super::scheduler::{Rng, Scheduler};
use crate::error::{ErrorKind, Reason};
use crate::transport::{Body, CallContext, Reply, Request, SendState, Transport, TransportError};

/// The real fate of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was not sent.
    Unsent,
    /// The server refused it with a 429, before any work.
    Limited,
    /// The server answered, and did not act.
    Refused,
    /// It was lost, or the server failed, before it acted.
    Lost,
    /// The server acted, even if its answer was lost.
    Acted,
}

/// One request, as client and server know it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) call: String,
    pub(crate) begun: Instant,
    /// The time at which the server counted it.
    pub(crate) arrived: Option<Instant>,
    pub(crate) ended: Instant,
    pub(crate) fate: Fate,
    /// The wait that the answer requests.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) answer: Option<u16>,
    pub(crate) url: String,
    pub(crate) has_token: bool,
    /// The file that came with it.
    pub(crate) received: Received,
}

/// The rates of faults, in percent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FaultRates {
    pub(crate) unsent: u64,
    pub(crate) lost: u64,
    pub(crate) failing: u64,
    pub(crate) refusing: u64,
    pub(crate) slow: u64,
    /// The requests in one window before a 429.
    pub(crate) limit: Option<usize>,
}

/// The window of the server's rate limit.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// The transport that connects a client with the simulated server.
pub(crate) struct Simulated {
    pub(crate) scheduler: Scheduler,
    pub(crate) rates: FaultRates,
    pub(crate) log: Arc<Mutex<Vec<Sent>>>,
}

impl Simulated {
    /// Reports whether the window that ends now is full.
    fn limited(&self, now: Instant) -> bool {
        let recent = |sent: &&Sent| sent.arrived.is_some_and(|at| at + WINDOW > now);
        let count = self.log.lock().unwrap().iter().filter(recent).count();
        self.rates.limit.is_some_and(|limit| count >= limit)
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        self.scheduler.rng(draw)
    }
}

/// One exchange. Each of its waits may be cancelled, and counts against the attempt's time limit.
struct Exchange<'a> {
    scheduler: &'a Scheduler,
    context: &'a CallContext,
    left: Duration,
}

impl Exchange<'_> {
    /// Waits. Fails if the call is cancelled or the attempt's time is over.
    fn wait(&mut self, wait: Duration, state: SendState) -> Result<(), TransportError> {
        let cancel = &self.context.cancel;
        let cancelled = self.scheduler.sleep(wait.min(self.left), cancel);
        if cancelled {
            return Err(self.context.attribute(fault(ErrorKind::Connection, state)));
        }
        if wait >= self.left {
            return Err(fault(ErrorKind::Timeout, state));
        }
        self.left -= wait;
        Ok(())
    }
}

/// An error of the simulated transport.
pub(crate) fn fault(kind: ErrorKind, state: SendState) -> TransportError {
    TransportError::new(kind, "simulated", state)
}

impl Transport for Simulated {
    fn exchange(&self, mut request: Request<'_>) -> Result<Reply, TransportError> {
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
            retry_after: None,
            answer: None,
            url: request.url.clone(),
            has_token: request.headers.contains_key(AUTHORIZATION),
            received: Received::Nothing,
        };
        let index = {
            let mut log = self.log.lock().unwrap();
            // Logged before the exchange, so that the log has the order of the requests.
            log.push(sent.clone());
            log.len() - 1
        };
        let result = self.respond(&mut request, &mut sent, index);
        sent.ended = self.scheduler.clock();
        self.log.lock().unwrap()[index] = sent;
        result
    }

    fn shutdown(&self) {}
}

impl Simulated {
    /// Draws the fate of a request, and takes the time for it. Records in `sent` how far the
    /// request came.
    fn respond(
        &self,
        request: &mut Request<'_>,
        sent: &mut Sent,
        index: usize,
    ) -> Result<Reply, TransportError> {
        let rates = self.rates;
        let mut exchange = Exchange {
            scheduler: &self.scheduler,
            context: &request.context,
            left: request.limits.attempt.unwrap_or(Duration::from_secs(600)),
        };
        let (unsent, there) = self.draw(|rng| (rng.chance(rates.unsent), rng.ms(80)));
        exchange.wait(there, SendState::NotSent)?;
        if unsent {
            return Err(fault(ErrorKind::Connection, SendState::NotSent));
        }
        sent.fate = Fate::Lost;
        let is_lost = self.draw(|rng| rng.chance(rates.lost));
        sent.received = self.draw(|rng| file::receive(&mut request.body, is_lost, rng));
        if is_lost {
            return Err(fault(ErrorKind::Connection, SendState::MaybeSent));
        }
        let now = self.scheduler.clock();
        let limited = self.limited(now);
        sent.arrived = Some(now);
        self.log.lock().unwrap()[index].arrived = Some(now);
        if limited {
            sent.fate = Fate::Limited;
            let (retry_after, back) = self.draw(|rng| (rng.below(140), rng.ms(80)));
            exchange.wait(back, SendState::MaybeSent)?;
            let retry_after = match retry_after {
                0..=10 => None,
                // A few waits are longer than any throttle lasts and than any call accepts.
                11..=13 => Some(Duration::from_secs(3_600)),
                _ => Some(Duration::from_secs(retry_after)),
            };
            return Ok(self.answer(sent, 429, retry_after));
        }
        let (slow, work) = self.draw(|rng| {
            let slow = rng.chance(rates.slow);
            (slow, rng.ms(if slow { 90_000 } else { 300 }))
        });
        // A slow server acts before its pause or after it: the caller cannot know.
        let acts_first = slow && self.draw(|rng| rng.chance(50));
        if acts_first {
            sent.fate = Fate::Acted;
        }
        exchange.wait(work, SendState::MaybeSent)?;
        let (failing, refusing, lost, which, back) = self.draw(|rng| {
            (
                rng.chance(rates.failing),
                rng.chance(rates.refusing),
                rng.chance(rates.lost),
                rng.below(6) as usize,
                rng.ms(80),
            )
        });
        let status = match (failing, refusing && !acts_first) {
            (true, _) => {
                let acted = acts_first || self.draw(|rng| rng.chance(50));
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
        let retry_after = match failing && self.draw(|rng| rng.chance(50)) {
            true => Some(self.draw(|rng| Duration::from_secs(rng.below(120)))),
            false => None,
        };
        exchange.wait(back, SendState::MaybeSent)?;
        match lost {
            // Half of the answers that are lost are lost within the body.
            true if status != 200 || which < 3 => {
                Err(fault(ErrorKind::Connection, SendState::MaybeSent))
            }
            true => {
                sent.answer = Some(200);
                Ok(reply(200, SimulatedBody::cut()))
            }
            false if status == 200 && is_download(request) => {
                sent.answer = Some(200);
                Ok(reply(200, SimulatedBody::whole(file::content())))
            }
            false => Ok(self.answer(sent, status, retry_after)),
        }
    }

    /// Records the answer and returns it.
    fn answer(&self, sent: &mut Sent, status: u16, retry_after: Option<Duration>) -> Reply {
        (sent.answer, sent.retry_after) = (Some(status), retry_after);
        whole(status, retry_after)
    }
}

/// An answer whose body is complete.
pub(crate) fn whole(status: u16, retry_after: Option<Duration>) -> Reply {
    let body = match retry_after {
        Some(retry_after) => format!(
            r#"{{"statusCode":{status},"error":"e","message":"m","retryAfter":{}}}"#,
            retry_after.as_secs()
        ),
        None => r#"{"statusCode":0,"error":"e","message":"m"}"#.to_owned(),
    };
    reply(status, SimulatedBody::whole(body))
}

/// Reports whether a file is requested.
fn is_download(request: &Request<'_>) -> bool {
    request
        .headers
        .get(ACCEPT)
        .is_some_and(|accept| accept == file::TYPE)
}

fn reply(status: u16, body: SimulatedBody) -> Reply {
    // A body that is cut short declares what it should have been.
    let length = body.bytes.len() + usize::from(body.is_cut);
    Reply {
        status,
        headers: HeaderMap::from_iter([(CONTENT_LENGTH, length.into())]),
        body: Box::new(body),
    }
}

/// A body, complete or cut short.
struct SimulatedBody {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl SimulatedBody {
    fn whole(bytes: impl Into<Vec<u8>>) -> SimulatedBody {
        SimulatedBody {
            bytes: bytes.into(),
            is_cut: false,
        }
    }

    fn cut() -> SimulatedBody {
        SimulatedBody {
            bytes: b"{".to_vec(),
            is_cut: true,
        }
    }
}

impl Body for SimulatedBody {
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
