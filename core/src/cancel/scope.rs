//! Everything that can end one call early.

use crate::system;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{CancelSource, CancelToken, Registration, Waiter, Wakeable};

/// How often a wait asks, where there is something to ask.
const SLICE: Duration = Duration::from_millis(50);

/// Asked now and then during a wait: whether the call is to end.
pub(crate) type InterruptCheck = Arc<dyn Fn() -> bool + Send + Sync>;

/// Everything that can end one call early.
#[derive(Clone, Default)]
pub(crate) struct CancelScope {
    /// The client's.
    pub(crate) client: Option<Arc<CancelSource>>,
    /// The call's own.
    pub(crate) call: Option<Arc<CancelSource>>,
    /// For callers who can only be asked: an interpreter's signals.
    pub(crate) asked: Option<InterruptCheck>,
    /// Where the call's own ending comes with that of a token.
    pub(crate) _token: Option<Arc<Registration>>,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelCause {
    Client,
    Call,
}

impl CancelScope {
    /// Those of a call. Where there is something to ask, its answer ends this call and not the others with the same token.
    pub(crate) fn of(
        client: &Arc<CancelSource>,
        token: Option<&CancelToken>,
        asked: Option<&InterruptCheck>,
    ) -> CancelScope {
        let (call, held) = match (token.map(CancelToken::cancel_source), asked) {
            (token, None) => (token.map(Arc::clone), None),
            (None, Some(_)) => (Some(Arc::default()), None),
            (Some(token), Some(_)) => {
                let (call, held) = token.branch();
                (Some(call), Some(Arc::new(held)))
            }
        };
        CancelScope {
            client: Some(Arc::clone(client)),
            call,
            asked: asked.cloned(),
            _token: held,
        }
    }

    /// Who ended it, if it is ended.
    pub(crate) fn cause(&self) -> Option<CancelCause> {
        let is_cancelled = |cancel_source: &Option<Arc<CancelSource>>| {
            cancel_source.as_ref().is_some_and(|e| e.is_cancelled())
        };
        match (is_cancelled(&self.client), is_cancelled(&self.call)) {
            (true, _) => Some(CancelCause::Client),
            (_, true) => Some(CancelCause::Call),
            _ => None,
        }
    }

    /// Asks whoever can only be asked; ends the call where it is to end. Whether it is ended.
    pub(crate) fn check_interrupt(&self) -> bool {
        if self.cause().is_none()
            && self.asked.as_ref().is_some_and(|asked| asked())
            && let Some(call) = &self.call
        {
            call.cancel();
        }
        self.cause().is_some()
    }

    /// The longest a wait may go on without asking.
    pub(crate) fn slice(&self) -> Option<Duration> {
        self.asked.as_ref().map(|_| SLICE)
    }

    /// Waits at a bell until what is awaited was brought, the time came or the call was ended.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        bell: &Arc<Waiter<T>>,
        until: Instant,
    ) -> Option<T> {
        let wake = || Arc::clone(bell) as Arc<dyn Wakeable>;
        let _client = self
            .client
            .as_ref()
            .map(|cancel_source| cancel_source.register(wake()));
        let _call = self
            .call
            .as_ref()
            .map(|cancel_source| cancel_source.register(wake()));
        loop {
            let slice = self.slice().map(|slice| system::now() + slice);
            let pause = slice.map_or(until, |slice| slice.min(until));
            let brought = bell.wait(pause);
            if brought.is_some() || self.check_interrupt() || system::now() >= until {
                return brought;
            }
        }
    }

    /// Waits for so long, or until the call is ended. Whether it was ended.
    pub(crate) fn sleep(&self, wait: Duration) -> bool {
        self.wait(&Waiter::<()>::new(), system::now() + wait);
        self.cause().is_some()
    }
}

impl fmt::Debug for CancelScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CancelScope").field(&self.cause()).finish()
    }
}
