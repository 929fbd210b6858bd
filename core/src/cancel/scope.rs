//! The cancel scope: everything that can cancel one call.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::system;

use super::{CancelSource, CancelToken, Registration, Waiter, Wakeable};

/// The time between two interrupt checks of a wait. It bounds how long a signal waits; a token promises 100 ms, and half of that
/// leaves time for the thread to run. A check takes the interpreter's lock, so a much shorter time would slow the other threads.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// A check that is called during waits. True cancels the call.
pub(crate) type InterruptCheck = Arc<dyn Fn() -> bool + Send + Sync>;

/// Everything that can cancel one call.
#[derive(Clone, Default)]
pub(crate) struct CancelScope {
    /// The client's source.
    pub(crate) client: Option<Arc<CancelSource>>,
    /// The call's own source, or its token's.
    pub(crate) call: Option<Arc<CancelSource>>,
    /// For interpreters, which report their signals only on request.
    pub(crate) interrupt_check: Option<InterruptCheck>,
    /// Held so that the token still cancels the call's own source.
    pub(crate) _token: Option<Arc<Registration>>,
}

/// The registrations of one wait with the sources of a scope. Their drop removes them.
#[derive(Debug, Default)]
pub(crate) struct Registrations {
    _client: Option<Registration>,
    _call: Option<Registration>,
}

/// The cause of a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelCause {
    Client,
    Call,
}

impl CancelScope {
    /// The scope of a call. With an interrupt check the call gets a source of its own: the check must cancel this call only, and not
    /// the others with the same token.
    pub(crate) fn of(
        client: &Arc<CancelSource>,
        token: Option<&CancelToken>,
        interrupt_check: Option<&InterruptCheck>,
    ) -> CancelScope {
        let token = token.map(CancelToken::cancel_source);
        let (call, registration) = match (token, interrupt_check) {
            (token, None) => (token.map(Arc::clone), None),
            (None, Some(_)) => (Some(Arc::default()), None),
            (Some(token), Some(_)) => {
                let (call, registration) = token.branch();
                (Some(call), Some(Arc::new(registration)))
            }
        };
        CancelScope {
            client: Some(Arc::clone(client)),
            call,
            interrupt_check: interrupt_check.cloned(),
            _token: registration,
        }
    }

    /// The cause of the cancel, if the call is cancelled.
    pub(crate) fn cause(&self) -> Option<CancelCause> {
        let is_cancelled = |cancel_source: &Option<Arc<CancelSource>>| {
            cancel_source
                .as_ref()
                .is_some_and(|source| source.is_cancelled())
        };
        match (is_cancelled(&self.client), is_cancelled(&self.call)) {
            (true, _) => Some(CancelCause::Client),
            (_, true) => Some(CancelCause::Call),
            _ => None,
        }
    }

    /// Runs the interrupt check and cancels the call where it is true. Returns whether the call is cancelled.
    ///
    /// A check runs the host's code, which may fork and go on in the child: there the call is cancelled, too. It goes on in the parent,
    /// and two processes that read and write one connection would take each other's bytes.
    pub(crate) fn check_interrupt(&self) -> bool {
        if self.cause().is_none()
            && let (Some(check), Some(call)) = (&self.interrupt_check, &self.call)
        {
            let process = std::process::id();
            if check() || std::process::id() != process {
                call.cancel();
            }
        }
        self.cause().is_some()
    }

    /// The longest that a wait may go on without an interrupt check; none where there is no check.
    pub(crate) fn check_interval(&self) -> Option<Duration> {
        self.interrupt_check.as_ref().map(|_| CHECK_INTERVAL)
    }

    /// The same sources, for who only looks at them. The drop of this scope takes no lock of a source, as that of a registration does.
    /// The scope itself must live as long.
    pub(crate) fn view(&self) -> CancelScope {
        CancelScope {
            client: self.client.clone(),
            call: self.call.clone(),
            ..CancelScope::default()
        }
    }

    /// Registers a wait with all sources.
    pub(crate) fn register(&self, wait: &Arc<dyn Wakeable>) -> Registrations {
        let with = |cancel_source: &Option<Arc<CancelSource>>| {
            let cancel_source = cancel_source.as_ref()?;
            Some(cancel_source.register(Arc::clone(wait)))
        };
        Registrations {
            _client: with(&self.client),
            _call: with(&self.call),
        }
    }

    /// Waits for a value, at the latest until a moment. Returns none where the time passed or the call was cancelled first.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        waiter: &Arc<Waiter<T>>,
        until: Instant,
    ) -> Option<T> {
        let _registrations = self.register(&(Arc::clone(waiter) as Arc<dyn Wakeable>));
        loop {
            let next_check = self
                .check_interval()
                .map(|interval| system::now() + interval);
            let wake_up = next_check.map_or(until, |next| next.min(until));
            let value = waiter.wait(wake_up);
            if value.is_some() || self.check_interrupt() || system::now() >= until {
                return value;
            }
        }
    }

    /// Sleeps for so long, or until the call is cancelled. Returns whether it was cancelled.
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
