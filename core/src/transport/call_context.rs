//! The context of a call, for the connection under it.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::auth::SECRET;
use crate::cancel::{CancelCause, CancelScope};
use crate::error::ErrorKind;
use crate::system;

use http::HeaderValue;

use super::attempt_limit::AttemptLimit;
use super::echo::{self, Echo};
use super::error::TransportError;
use super::limits::Limits;
use super::reuse_terms::ReuseTerms;

/// The context of a call: its cancel scope, its limit for connecting, and its credential.
#[derive(Debug, Default)]
pub(crate) struct CallContext {
    /// The sources that can end the call, on whatever it waits.
    pub(crate) cancel: CancelScope,
    /// The limit for looking up a name, and again for making a connection.
    pub(crate) connect: Duration,
    /// The size that the head of the call's request does not exceed; zero where it is not known.
    head_size: AtomicUsize,
    /// The caller's source has no bytes at present, and what the connection is given next is a placeholder.
    is_source_paused: AtomicBool,
    /// The time of the last interrupt check.
    last_check: Mutex<Option<Instant>>,
    credential: Mutex<Credential>,
    attempt_limit: AttemptLimit,
    /// The terms of the attempt's connection for the calls after it; none where there is no connection yet.
    reuse_terms: Mutex<Option<Arc<ReuseTerms>>>,
    /// The bytes written to connections since they were last taken.
    bytes_sent: AtomicU64,
    /// The same for the bytes read.
    bytes_received: AtomicU64,
}

/// The credential of a call.
#[derive(Debug, Default)]
struct Credential {
    /// The header's value, until a head has taken it.
    pending: Option<HeaderValue>,
    /// A body follows that head.
    has_body: bool,
    /// A part of the head before the header was written.
    is_begun: bool,
    /// The same value, kept to mask it in answers that repeat it.
    sent: Option<HeaderValue>,
    echo: Echo,
}

/// The context of the call that runs on this thread. `Entered` restores the one before, so nothing is left to be dropped.
type Current = ManuallyDrop<RefCell<Option<Arc<CallContext>>>>;

thread_local! {
    // The HTTP library hands its connections nothing of the request. It does all its work on the caller's thread, so the context
    // can be passed by the thread.
    static CURRENT: Current = const { ManuallyDrop::new(RefCell::new(None)) };
}

// A thread-local value with a destructor is gone when the caller's destructors run, such as those of pthread keys and, in the main
// thread, atexit handlers. A call that is made there would panic on its access.
const _: () = assert!(!std::mem::needs_drop::<Current>());

/// The guard of an entered context. Its drop restores the one before.
pub(super) struct Entered(Option<Arc<CallContext>>);

impl CallContext {
    /// The context of a call that has not been sent yet.
    pub(crate) fn new(cancel: CancelScope, connect: Duration) -> CallContext {
        CallContext {
            cancel,
            connect,
            head_size: AtomicUsize::new(0),
            is_source_paused: AtomicBool::new(false),
            last_check: Mutex::new(None),
            credential: Mutex::default(),
            attempt_limit: AttemptLimit::default(),
            reuse_terms: Mutex::default(),
            bytes_sent: AtomicU64::new(0),
            bytes_received: AtomicU64::new(0),
        }
    }

    /// Announces the size that the head of the call's request does not exceed.
    pub(crate) fn expect_head(&self, size: usize) {
        self.head_size.store(size, Ordering::Relaxed);
    }

    /// The size that the head of the request does not exceed, for the buffer that it is written into.
    pub(super) fn head_size(&self) -> usize {
        self.head_size.load(Ordering::Relaxed)
    }

    /// Sets the `Authorization` of the next head of this call, and whether a body follows that head.
    pub(super) fn authorize(&self, value: HeaderValue, has_body: bool) {
        let mut credential = self.credential();
        credential.sent = Some(value.clone());
        credential.pending = Some(value);
        credential.has_body = has_body;
        credential.is_begun = false;
    }

    /// Sets the `Authorization` of a head of which a part is written before it.
    pub(super) fn authorize_rest(&self, value: HeaderValue, has_body: bool) {
        self.authorize(value, has_body);
        self.credential().is_begun = true;
    }

    /// Reports whether no byte of the request was written. The HTTP library does not say how far it came: it may refuse a request
    /// before it has a connection.
    pub(super) fn is_unsent(&self) -> bool {
        let credential = self.credential();
        credential.pending.is_some() && !credential.is_begun
    }

    /// Takes the `Authorization` that no head has taken yet, and whether a body follows that head.
    pub(super) fn take_authorization(&self) -> Option<(HeaderValue, bool)> {
        let mut credential = self.credential();
        let value = credential.pending.take()?;
        Some((value, credential.has_body))
    }

    /// Begins an attempt within its limits.
    pub(super) fn begin_attempt(&self, limits: &Limits) {
        *self.reuse_terms() = None;
        self.take_source_pause();
        self.attempt_limit.begin(limits, system::now());
    }

    /// A file moves from here on. Until the next part its bytes are not under the limit.
    pub(crate) fn file_moves(&self) {
        self.attempt_limit.file_moves();
    }

    /// The last byte of the request was sent, and the answer is awaited.
    pub(super) fn await_answer(&self) {
        self.attempt_limit.await_answer(system::now);
    }

    /// The time at which the attempt ends unless it goes on to another part.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.attempt_limit.deadline()
    }

    /// Masks the token in bytes of an answer, if the HTTP library is going to log them.
    pub(super) fn hide_token(&self, bytes: &mut [u8]) {
        if !echo::is_printed() {
            return;
        }
        let Credential { sent, echo, .. } = &mut *self.credential();
        let secret = sent
            .as_ref()
            .and_then(|value| value.as_bytes().get(SECRET..));
        if let Some(secret) = secret {
            echo.mask(secret, bytes);
        }
    }

    /// Locks the credential, even after a panic that happened under the lock.
    fn credential(&self) -> MutexGuard<'_, Credential> {
        self.credential
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the interrupt check if the last one is long enough ago: bytes that arrive fast must not cost a check each. Returns
    /// whether the call is cancelled.
    pub(super) fn check_interrupt_if_due(&self) -> bool {
        let Some(interval) = self.cancel.check_interval() else {
            return false;
        };
        let now = system::now();
        let mut last_check = self
            .last_check
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if last_check.is_some_and(|last| now < last + interval) {
            return false;
        }
        *last_check = Some(now);
        // Unlocked first: the check runs code of the host.
        drop(last_check);
        self.cancel.check_interrupt()
    }

    /// Names the terms of the connection that the attempt uses.
    pub(super) fn use_connection(&self, terms: &Arc<ReuseTerms>) {
        *self.reuse_terms() = Some(Arc::clone(terms));
    }

    /// Marks the connection: it must not be used again.
    pub(super) fn spoil(&self) {
        if let Some(terms) = &*self.reuse_terms() {
            terms.spoil();
        }
    }

    /// Sets the longest that the connection may be idle after this call.
    pub(super) fn set_idle_limit(&self, limit: Option<Duration>) {
        if let Some(terms) = &*self.reuse_terms() {
            terms.set_idle_limit(limit);
        }
    }

    /// Locks the terms, even after a panic that happened under the lock.
    fn reuse_terms(&self) -> MutexGuard<'_, Option<Arc<ReuseTerms>>> {
        self.reuse_terms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the caller's source has no bytes at present: the next output of the connection is a placeholder, not to be sent.
    pub(super) fn pause_source(&self) {
        self.is_source_paused.store(true, Ordering::Relaxed);
    }

    /// Takes that note.
    pub(super) fn take_source_pause(&self) -> bool {
        self.is_source_paused.swap(false, Ordering::Relaxed)
    }

    /// Counts bytes that a connection took.
    pub(super) fn count_sent(&self, bytes: usize) {
        self.bytes_sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts bytes that a connection gave.
    pub(super) fn count_received(&self, bytes: usize) {
        self.bytes_received
            .fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Takes the bytes sent and received since the last time.
    pub(crate) fn take_traffic(&self) -> (u64, u64) {
        let take = |bytes: &AtomicU64| bytes.swap(0, Ordering::Relaxed);
        (take(&self.bytes_sent), take(&self.bytes_received))
    }

    /// Makes this the context of the call that runs on this thread.
    pub(super) fn enter(self: &Arc<Self>) -> Entered {
        Entered(CURRENT.with(|current| current.replace(Some(Arc::clone(self)))))
    }

    /// The context of the call that runs on this thread.
    pub(super) fn current() -> Arc<CallContext> {
        CURRENT
            .with(|current| current.borrow().clone())
            .unwrap_or_default()
    }

    /// Attributes an error to the cancel, if the call was cancelled: the broken connection is only its effect.
    pub(crate) fn attribute(&self, error: TransportError) -> TransportError {
        let (kind, message) = match self.cancel.cause() {
            None => return error,
            Some(CancelCause::Client) => (ErrorKind::Closed, "the client was closed"),
            Some(CancelCause::Call) => (ErrorKind::Cancelled, "the call was cancelled"),
        };
        TransportError::new(kind, message, error.send_state)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.0.take();
        CURRENT.with(|current| current.replace(before));
    }
}
