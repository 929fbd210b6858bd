//! The timer of one read or write.

use std::io::ErrorKind as Io;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

use crate::system;
use crate::transport::call_context::CallContext;

/// The timer of one read or write.
pub(super) struct Timer {
    /// The limit that is reported where the time passes.
    reason: Timeout,
    /// The deadline; none where the step has no limit.
    until: Option<Instant>,
}

impl Timer {
    /// A timer that begins now. Fails where no time is left.
    pub(super) fn new(timeout: NextTimeout) -> Result<Timer, Error> {
        if timeout.after.is_zero() {
            return Err(Error::Timeout(timeout.reason));
        }
        let after = (!timeout.after.is_not_happening()).then_some(*timeout.after);
        Ok(Timer {
            reason: timeout.reason,
            until: after.map(|after| system::now() + after),
        })
    }

    /// Sets the socket's limit, unless the one it has will do. A limit that passes early does no harm, as the loop goes on; one that
    /// passes late would. So it is set only where it is longer than the time left, or less than half of it, which saves a system
    /// call for most requests.
    pub(super) fn set(
        &mut self,
        context: &CallContext,
        current: &mut Option<Duration>,
        set: impl FnOnce(Duration) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        let left = self.left(context)?;
        if current.is_none_or(|current| current > left || current < left / 2) {
            set(left)?;
            *current = Some(left);
        }
        Ok(())
    }

    /// The longest wait for the next step.
    pub(super) fn left(&self, context: &CallContext) -> Result<Duration, Error> {
        // While bytes keep arriving no wait ends, and so no other place runs the interrupt check.
        if context.check_interrupt_if_due() {
            return Err(Error::Io(Io::ConnectionAborted.into()));
        }
        let left = match self.until {
            Some(until) => until.saturating_duration_since(system::now()),
            // Without a deadline the loop goes on after any limit, and an hour wakes the thread seldom.
            None => Duration::from_secs(3600),
        };
        // The standard library refuses a limit of zero.
        if left.is_zero() {
            return Err(Error::Timeout(self.reason));
        }
        Ok(context
            .cancel
            .check_interval()
            .map_or(left, |interval| interval.min(left)))
    }

    /// Goes on after a signal, or after the socket's own limit, whose time need not be the call's. Every other error, and a cancelled
    /// call, ends the exchange.
    pub(super) fn go_on_after(
        &self,
        context: &CallContext,
        error: std::io::Error,
    ) -> Result<(), Error> {
        match error.kind() {
            // A socket's limit that has passed is `WouldBlock` on Unix and `TimedOut` on Windows.
            Io::Interrupted | Io::WouldBlock | Io::TimedOut
                if !context.cancel.check_interrupt() =>
            {
                Ok(())
            }
            _ => Err(Error::Io(error)),
        }
    }
}
