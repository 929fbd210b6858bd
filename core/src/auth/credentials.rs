//! The token that the calls of a client use now, and the one question for the next.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError, Weak};
use std::time::{Duration, Instant};

use super::question::Question;
use super::source::{Found, TokenSource};
use super::supplier::Supplier;
use super::token::Token;
use crate::cancel::Waiter;

/// The least time between two questions after a 401. While a token is revoked and no other is there yet, every call meets a 401; each
/// would start a program or ask a secret manager, whose own limits would then be the next failure.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(1);
/// The number of waiting calls from which on those that have gone are forgotten: few enough that a look at all takes no time.
const FEW_WAITING: usize = 64;

thread_local! {
    /// The credentials that this thread asks a supplier for; 0 for none. A callback that calls its own client would wait for itself.
    static ASKING: Cell<usize> = const { Cell::new(0) };
}

/// A token in use.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) token: Token,
    /// The server has accepted the token in this client.
    worked: AtomicBool,
}

/// The present token and its source.
#[derive(Clone, Debug)]
struct Current {
    credential: Option<Arc<Credential>>,
    source: TokenSource,
    supplier: Option<Supplier>,
    is_closed: bool,
}

/// The credentials of a client in one process.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// The same value twice. It is changed in one after the other, so that a forked child can read one of them at any moment, whatever
    /// the parent's other threads were about.
    current: [RwLock<Current>; 2],
    /// Held while both are changed.
    change: Mutex<()>,
    /// The question that is being asked, and the time at which the last one after a 401 had its answer.
    asked: Mutex<(Option<Arc<Question>>, Option<Instant>)>,
    /// Calls that wait for what a new token ends: the pause after a 429.
    waiting: Mutex<Vec<Weak<Waiter<()>>>>,
}

/// The next step of a call that needs a token.
pub(crate) enum Step {
    /// The token to use.
    Use(Arc<Credential>),
    /// This call asks, for all.
    Ask(Supplier, Asking),
    /// Another call asks, and this one waits.
    Await(Arc<Question>),
    /// There is no other token than the one that was refused.
    None,
    /// The supplier, called by this thread, calls the client that waits for it.
    Itself,
}

/// The guard of the call that asks. Its drop lets another call ask, in a panic too.
pub(crate) struct Asking {
    question: Arc<Question>,
    before: usize,
}

impl Credentials {
    pub(crate) fn new(found: Found) -> Credentials {
        Credentials::of(Current {
            credential: found.token.map(Credential::new),
            source: found.source,
            supplier: found.supplier,
            is_closed: false,
        })
    }

    /// Credentials without a token and a source, of a client that cannot call.
    pub(crate) fn missing() -> Credentials {
        Credentials::of(Current {
            credential: None,
            source: TokenSource::Explicit,
            supplier: None,
            is_closed: true,
        })
    }

    /// The credentials of a forked child. No lock is waited for: a thread that held it does not exist here.
    pub(crate) fn of_parent(parent: &Credentials) -> Credentials {
        let read = parent
            .current
            .iter()
            .find_map(|current| match current.try_read() {
                Ok(current) => Some(current.clone()),
                Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner().clone()),
                Err(TryLockError::WouldBlock) => None,
            });
        // One of the two can always be read.
        read.map_or_else(Credentials::missing, Credentials::of)
    }

    fn of(current: Current) -> Credentials {
        Credentials {
            current: [RwLock::new(current.clone()), RwLock::new(current)],
            change: Mutex::default(),
            asked: Mutex::default(),
            waiting: Mutex::default(),
        }
    }

    /// The token that the next request takes, if one is known.
    pub(crate) fn credential(&self) -> Option<Arc<Credential>> {
        self.read().credential.clone()
    }

    /// The source of the token.
    pub(crate) fn source(&self) -> TokenSource {
        self.read().source.clone()
    }

    /// Reports whether the caller's own code may run when a token is needed.
    pub(crate) fn runs_callers_code(&self) -> bool {
        let current = self.read();
        current
            .supplier
            .as_ref()
            .is_some_and(Supplier::is_callers_code)
    }

    /// Runs `act` if the token is still the present one, and no change of it comes between.
    pub(crate) fn if_current(&self, credential: &Arc<Credential>, act: impl FnOnce()) {
        let current = self.read();
        if current
            .credential
            .as_ref()
            .is_some_and(|held| Arc::ptr_eq(held, credential))
        {
            act();
        }
    }

    /// The next step of a call without a token.
    pub(crate) fn first(&self) -> Step {
        // Nearly every call ends here, which copies no source and takes no lock but that for reading.
        if let Some(credential) = self.credential() {
            return Step::Use(credential);
        }
        let mut asked = self.asked();
        let current = self.read().clone();
        match (current.credential, current.supplier) {
            (Some(credential), _) => Step::Use(credential),
            (None, Some(supplier)) if !current.is_closed => self.ask(&mut asked.0, supplier),
            _ => Step::None,
        }
    }

    /// The next step of a call whose token was refused.
    pub(crate) fn next(&self, refused: &Arc<Credential>, now: Instant) -> Step {
        let mut asked = self.asked();
        let current = self.read().clone();
        match (current.credential, current.supplier) {
            (Some(credential), _) if !Arc::ptr_eq(&credential, refused) => Step::Use(credential),
            (_, Some(supplier)) if !current.is_closed => {
                let is_early = asked.1.is_some_and(|last| now < last + RENEWAL_INTERVAL);
                let is_asked = asked
                    .0
                    .as_ref()
                    .is_some_and(|question| !question.has_ended());
                match is_early && !is_asked {
                    true => Step::None,
                    false => self.ask(&mut asked.0, supplier),
                }
            }
            _ => Step::None,
        }
    }

    /// The question that is being asked already, or a new one.
    fn ask(&self, question: &mut Option<Arc<Question>>, supplier: Supplier) -> Step {
        if let Some(question) = question.as_ref().filter(|question| !question.has_ended()) {
            return match ASKING.get() == self.address() {
                true => Step::Itself,
                false => Step::Await(Arc::clone(question)),
            };
        }
        let new = Arc::new(Question::default());
        *question = Some(Arc::clone(&new));
        let before = ASKING.replace(self.address());
        Step::Ask(
            supplier,
            Asking {
                question: new,
                before,
            },
        )
    }

    /// Notes the time of an answer after a 401.
    pub(crate) fn renewed(&self, now: Instant) {
        self.asked().1 = Some(now);
    }

    /// Replaces the token, and runs `then` before a call uses it. Returns false, and does neither, where it is the same token, or the
    /// client is closed.
    ///
    /// `source` is that of a token that was set in code: from then on nobody is asked, and the answer to a question that was asked before
    /// counts no more.
    pub(crate) fn replace(
        &self,
        token: Token,
        source: Option<TokenSource>,
        then: impl FnOnce(),
    ) -> bool {
        let _change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = self.read().clone();
        if changed.is_closed || (source.is_none() && changed.supplier.is_none()) {
            return false;
        }
        let is_same = changed
            .credential
            .as_ref()
            .is_some_and(|held| held.token == token);
        if !is_same {
            changed.credential = Some(Credential::new(token));
        }
        if let Some(source) = source {
            changed.source = source;
            changed.supplier = None;
        }
        self.write(&changed);
        if is_same {
            return false;
        }
        then();
        let waiting = std::mem::take(&mut *self.waiting());
        waiting
            .iter()
            .filter_map(Weak::upgrade)
            .for_each(|waiter| waiter.notify(()));
        true
    }

    /// Forgets a token that a supplier gave, for good. One that was given in code stays with the client until that is freed.
    pub(crate) fn close(&self) {
        let _change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut closed = self.read().clone();
        closed.is_closed = true;
        if closed.supplier.is_some() {
            closed.credential = None;
        }
        self.write(&closed);
    }

    /// A wait that the next change of the token ends.
    pub(crate) fn await_change(&self) -> Arc<Waiter<()>> {
        let waiter = Waiter::new();
        let mut waiting = self.waiting();
        if waiting.len() >= FEW_WAITING && waiting.len() == waiting.capacity() {
            waiting.retain(|waiter| waiter.strong_count() > 0);
        }
        waiting.push(Arc::downgrade(&waiter));
        waiter
    }

    fn write(&self, changed: &Current) {
        for current in &self.current {
            *current.write().unwrap_or_else(PoisonError::into_inner) = changed.clone();
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Current> {
        self.current[0]
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, (Option<Arc<Question>>, Option<Instant>)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Weak<Waiter<()>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Credential {
    fn new(token: Token) -> Arc<Credential> {
        Arc::new(Credential {
            token,
            worked: AtomicBool::new(false),
        })
    }

    /// Notes that the server has accepted the token.
    pub(crate) fn accepted(&self) {
        self.worked.store(true, Ordering::Relaxed);
    }

    /// Reports whether the server has accepted the token in this client.
    pub(crate) fn has_worked(&self) -> bool {
        self.worked.load(Ordering::Relaxed)
    }
}

impl Asking {
    /// The question that the guard stands for.
    pub(crate) fn question(&self) -> &Arc<Question> {
        &self.question
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.set(self.before);
        self.question.end();
    }
}
