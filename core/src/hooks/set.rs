//! The hooks of a client, and the calls of them.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::events::{RequestEvent, ResponseEvent, RetryEvent};
use crate::error::{Error, ErrorKind, Reason, Result, name, printable, without_tokens};
use crate::stats::Alert;

/// The failure of a hook.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;

/// The most characters of a hook's failure in a message or a log.
const MOST_TEXT: usize = 200;

/// A hook that may end the call.
type OnRequest = Arc<dyn Fn(&mut RequestEvent) -> Result<(), HookError> + Send + Sync>;
/// A hook that only looks.
pub(crate) type Observer<E> = Arc<dyn Fn(&E) -> Result<(), HookError> + Send + Sync>;

/// The hooks of a client; its clones share them.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) on_request: Option<OnRequest>,
    pub(crate) on_response: Option<Observer<ResponseEvent>>,
    pub(crate) on_retry: Option<Observer<RetryEvent>>,
    pub(crate) on_alert: Option<Observer<Alert>>,
}

thread_local! {
    /// A hook runs on this thread.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Restores the mark, in a panic too.
struct Inside(bool);

impl Inside {
    fn enter() -> Inside {
        Inside(IS_INSIDE.replace(true))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        IS_INSIDE.set(self.0);
    }
}

impl Hooks {
    /// Reports whether there is any: then the caller's own code runs amid a call.
    pub(crate) fn is_any(&self) -> bool {
        self.on_request.is_some()
            || self.on_response.is_some()
            || self.on_retry.is_some()
            || self.on_alert.is_some()
    }

    /// Reports whether `on_response` is to be called. Not for a call that a hook makes.
    pub(crate) fn has_on_response(&self) -> bool {
        self.on_response.is_some() && !IS_INSIDE.get()
    }

    /// Calls `on_request`.
    ///
    /// # Errors
    /// `cancelled` with the reason `hook`, and with the hook's own error as the source.
    pub(crate) fn request(&self, event: &mut RequestEvent) -> Result<()> {
        let Some(hook) = self.on_request.as_ref().filter(|_| !IS_INSIDE.get()) else {
            return Ok(());
        };
        let _inside = Inside::enter();
        hook(event).map_err(|cause| {
            let said = printable(&cause.to_string(), MOST_TEXT);
            Error::new(
                ErrorKind::Cancelled,
                format!(concat!(name!("on_request"), " ended the call: {}"), said),
            )
            .with_reason(Reason::Hook)
            .with_source(cause)
        })
    }

    /// Calls a hook that only looks. Returns false where it failed: the call goes on, and its own end stands. `describe` makes the event,
    /// which costs nothing where there is no hook.
    pub(crate) fn observe<E>(
        name: &str,
        hook: Option<&Observer<E>>,
        describe: impl FnOnce() -> E,
    ) -> bool {
        let Some(hook) = hook.filter(|_| !IS_INSIDE.get()) else {
            return true;
        };
        let _inside = Inside::enter();
        let event = describe();
        let said = match catch_unwind(AssertUnwindSafe(|| hook(&event))) {
            Ok(Ok(())) => return true,
            Ok(Err(cause)) => printable(&without_tokens(cause.to_string()), MOST_TEXT),
            // The panic hook has reported it already.
            Err(_) => "it panicked".to_owned(),
        };
        log::debug!(target: "penbox", "{name} failed: {said}");
        log::error!(target: "penbox", "{name} failed, which changes nothing for the call");
        false
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hooks").field(&self.is_any()).finish()
    }
}
