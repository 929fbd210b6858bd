//! Everything that can end one call early.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Bell, CancelToken, Ending, Held, Wake};

/// How often a wait asks, where there is something to ask.
const SLICE: Duration = Duration::from_millis(50);

/// Asked now and then during a wait: whether the call is to end.
pub(crate) type Question = Arc<dyn Fn() -> bool + Send + Sync>;

/// Everything that can end one call early.
#[derive(Clone, Default)]
pub(crate) struct Endings {
    /// The client's.
    pub(crate) client: Option<Arc<Ending>>,
    /// The call's own.
    pub(crate) call: Option<Arc<Ending>>,
    /// For callers who can only be asked: an interpreter's signals.
    pub(crate) asked: Option<Question>,
    /// Where the call's own ending comes with that of a token.
    pub(crate) _token: Option<Arc<Held>>,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndedBy {
    Client,
    Call,
}

impl Endings {
    /// Those of a call. Where there is something to ask, its answer ends this call and not the others with the same token.
    pub(crate) fn of(
        client: &Arc<Ending>,
        token: Option<&CancelToken>,
        asked: Option<&Question>,
    ) -> Endings {
        let (call, held) = match (token.map(CancelToken::ending), asked) {
            (token, None) => (token.map(Arc::clone), None),
            (None, Some(_)) => (Some(Arc::default()), None),
            (Some(token), Some(_)) => {
                let (call, held) = token.branch();
                (Some(call), Some(Arc::new(held)))
            }
        };
        Endings {
            client: Some(Arc::clone(client)),
            call,
            asked: asked.cloned(),
            _token: held,
        }
    }

    /// Who ended it, if it is ended.
    pub(crate) fn ended(&self) -> Option<EndedBy> {
        let is_ended = |ending: &Option<Arc<Ending>>| ending.as_ref().is_some_and(|e| e.is_ended());
        match (is_ended(&self.client), is_ended(&self.call)) {
            (true, _) => Some(EndedBy::Client),
            (_, true) => Some(EndedBy::Call),
            _ => None,
        }
    }

    /// Asks whoever can only be asked; ends the call where it is to end. Whether it is ended.
    pub(crate) fn ask(&self) -> bool {
        if self.ended().is_none()
            && self.asked.as_ref().is_some_and(|asked| asked())
            && let Some(call) = &self.call
        {
            call.end();
        }
        self.ended().is_some()
    }

    /// The longest a wait may go on without asking.
    pub(crate) fn slice(&self) -> Option<Duration> {
        self.asked.as_ref().map(|_| SLICE)
    }

    /// Waits at a bell until what is awaited was brought, the time came or the call was ended.
    pub(crate) fn wait<T: Send + 'static>(&self, bell: &Arc<Bell<T>>, until: Instant) -> Option<T> {
        let wake = || Arc::clone(bell) as Arc<dyn Wake>;
        let _client = self.client.as_ref().map(|ending| ending.hold(wake()));
        let _call = self.call.as_ref().map(|ending| ending.hold(wake()));
        loop {
            let slice = self.slice().map(|slice| Instant::now() + slice);
            let pause = slice.map_or(until, |slice| slice.min(until));
            let brought = bell.wait(pause);
            if brought.is_some() || self.ask() || Instant::now() >= until {
                return brought;
            }
        }
    }

    /// Waits for so long, or until the call is ended. Whether it was ended.
    pub(crate) fn rest(&self, wait: Duration) -> bool {
        self.wait(&Bell::<()>::new(), Instant::now() + wait);
        self.ended().is_some()
    }
}

impl fmt::Debug for Endings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endings").field(&self.ended()).finish()
    }
}
