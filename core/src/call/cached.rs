//! Calls whose answer the client's cache may have.
//!
//! Of several equal calls at a time one sends its request, and the others wait for its answer. Where it fails they get its error,
//! so that a server in trouble meets one call and not each of them in turn. An error that is the one caller's alone, such as a cancel
//! or the end of its own time, leaves the request to the next of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::operation::OperationSpec;
use crate::cache::{Flight, Found, KeptAnswer, Key, Landing, Lead};
use crate::error::{Error, ErrorKind, Result};
use crate::send::suspension::{Suspension, suspend};
use crate::send::{CallOptions, PreparedRequest, Received, Sender, over};

/// The longest wait without a look at the process, where the caller's own code runs meanwhile: it may fork, and the child has no
/// thread that lands the flight.
const LOOK: Duration = Duration::from_millis(500);
/// The same without such code. The call's own deadline ends the wait earlier.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends a request, unless the cache has the answer or another call is getting it. `decode` makes the result of each call anew: a
/// caller's changes to it do not reach the cache.
pub(crate) async fn send<T>(
    sender: &Sender,
    operation: &'static OperationSpec,
    request: &PreparedRequest,
    options: &CallOptions,
    mut decode: impl FnMut(Received) -> Result<T>,
) -> Result<T> {
    // A closed client answers nothing, and `send` has its error.
    if !operation.cached || sender.is_closed() || sender.state().cache.is_none() {
        return sender.send(request, options, decode).await;
    }
    let now = sender.runtime.now();
    // The time of the call counts from here, also where it waits for another call first.
    let options = &CallOptions {
        begun: options.begun.or(Some(now)),
        ..options.clone()
    };
    loop {
        let Some(cache) = &sender.state().cache else {
            return sender.send(request, options, decode).await;
        };
        let key = Key::of(token(sender), &request.path_and_query, &options.headers);
        let found = match options.fresh {
            Some(true) => Found::Nothing(cache.refresh(&key)),
            _ => cache.look(&key, sender.runtime.now()),
        };
        match found {
            Found::Kept(answer) => return kept(sender, request, options, &answer, decode),
            Found::Nothing(lead) => {
                return fetch(sender, request, options, &key, lead, &mut decode).await;
            }
            Found::InFlight(flight) => {
                if !wait(sender, request, options, &flight).await? {
                    // This is a forked child, whose own cache knows nothing of the flight.
                    continue;
                }
                match flight.landing() {
                    Some(Landing::Answered(answer)) => {
                        cache.shared();
                        return kept(sender, request, options, &answer, decode);
                    }
                    Some(Landing::Failed(error)) => return Err(error),
                    Some(Landing::Left) | None => {}
                }
            }
        }
    }
}

/// The token of the calls to come, as keys have it. Where no token is known yet, it is that of no token.
fn token(sender: &Sender) -> [u8; 32] {
    sender.token().map_or([0; 32], |token| token.digest())
}

/// Makes the request, for this call and for those who wait.
async fn fetch<T>(
    sender: &Sender,
    request: &PreparedRequest,
    options: &CallOptions,
    key: &Key,
    lead: Lead<'_>,
    decode: &mut impl FnMut(Received) -> Result<T>,
) -> Result<T> {
    let mut answer = None;
    let result = sender.send(request, options, |received| {
        answer = Some(KeptAnswer {
            status: received.status,
            headers: received.headers.clone(),
            text: received.text.clone(),
            token: received.token.clone(),
            received: sender.runtime.now(),
        });
        decode(received)
    });
    let result = result.await;
    match (&result, answer) {
        // A token that came or was changed meanwhile may have brought this answer.
        (Ok(_), Some(answer)) => {
            let is_kept = key.is_of(&answer.token.digest());
            lead.answered(answer, is_kept);
        }
        (Err(error), _) if !is_own(error) => lead.failed(error),
        // The drop leaves the request to the next.
        _ => drop(lead),
    }
    result
}

/// Reports whether an error is its caller's alone: a cancel, or the end of the time that this call had.
fn is_own(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Cancelled | ErrorKind::Closed | ErrorKind::Internal => true,
        ErrorKind::Timeout => error.phase() == Some("total"),
        // A call that could not wait for its turn: another may have more time.
        ErrorKind::RateLimit => error.http_status().is_none(),
        _ => false,
    }
}

/// Waits until the flight has landed. Returns false in a child that was forked meanwhile: the flight and its lock are the parent's.
///
/// # Errors
/// The call was cancelled, or its time is over.
async fn wait(
    sender: &Sender,
    request: &PreparedRequest,
    options: &CallOptions,
    flight: &Arc<Flight>,
) -> Result<bool> {
    let Some(landed) = flight.join() else {
        return Ok(true);
    };
    let process = std::process::id();
    let scope = sender.cancel_scope(options);
    let deadline = options.ends(Some(sender.settings.limits.total), || sender.runtime.now());
    let step = match options.interrupt_check {
        Some(_) => LOOK,
        None => NEVER,
    };
    loop {
        let now = sender.runtime.now();
        let left = deadline.map_or(NEVER, |deadline| deadline.saturating_duration_since(now));
        if scope.cause().is_some() || left.is_zero() {
            return Err(sender.with_operation(over(&scope), request));
        }
        let runtime = &*sender.runtime;
        let mut wait = Suspension::of(runtime, left.min(step), deadline, &scope);
        wait.awaited = Some(Arc::clone(&landed));
        suspend(wait).await;
        if std::process::id() != process {
            return Ok(false);
        }
        if flight.landing().is_some() {
            return Ok(true);
        }
    }
}

/// The result of an answer that was received for another call.
fn kept<T>(
    sender: &Sender,
    request: &PreparedRequest,
    options: &CallOptions,
    answer: &KeptAnswer,
    mut decode: impl FnMut(Received) -> Result<T>,
) -> Result<T> {
    let now = sender.runtime.now();
    let result = decode(Received {
        status: answer.status,
        headers: answer.headers.clone(),
        text: answer.text.clone(),
        token: answer.token.clone(),
    });
    if let Some(recorder) = &options.recorder {
        recorder.begin(options.begun.unwrap_or(now));
        sender.record(options, &answer.token, answer.status, &answer.headers);
        recorder.kept(age(answer, now), now);
    }
    result.map_err(|error| sender.with_operation(error, request))
}

fn age(answer: &KeptAnswer, now: Instant) -> Duration {
    now.saturating_duration_since(answer.received)
}
