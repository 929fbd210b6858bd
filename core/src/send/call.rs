//! One call: what stays the same through its attempts.

use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::options::CallOptions;
use super::request::{JSON, PreparedRequest};
use super::retry::Policy;
use super::runtime::Runtime;
use super::state::State;
use crate::auth::{Credential, Token};
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::files::StallLimits;
use crate::transport::CallContext;

/// One call: its request, its options, its limits.
pub(crate) struct Call<'a> {
    /// The state of the process in which the call began.
    pub(super) state: &'a State,
    pub(crate) target: &'a PreparedRequest,
    pub(crate) options: &'a CallOptions,
    /// The call moves a file. A file takes as long as it moves, so the limits of other calls do not hold for it.
    pub(crate) is_file: bool,
    /// The cancel scope and the credential, for the connection under the call.
    pub(crate) context: Arc<CallContext>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) policy: Policy,
    /// The address of the state whose rate limiter gave the attempt a slot; 0 while the attempt has none. A child that was forked amid
    /// the call has another state, whose limiter knows nothing of that slot.
    slot: AtomicUsize,
    /// The token of the attempt.
    credential: Mutex<Option<Arc<Credential>>>,
    /// The caller's own code gives the token.
    gives_token: bool,
    /// The time at which the caller made the call.
    pub(super) begun: Instant,
    /// The caller's hooks run amid the call.
    has_hooks: bool,
    /// The size that the head of the request does not exceed, without the headers of a hook.
    head_size: AtomicUsize,
    /// The headers that `on_request` added to this attempt.
    hook_headers: Mutex<Vec<(String, String)>>,
    /// The status of this attempt's answer; 0 without one.
    status: AtomicU16,
    /// The server's id of this attempt, kept where somebody reads it.
    request_id: Mutex<Option<String>>,
}

impl<'a> Call<'a> {
    /// A call whose deadline counts from the time at which the caller made it. `sends_file` is true for an upload; a download is known by its
    /// `Accept`.
    pub(crate) fn new(
        state: &'a State,
        settings: &Settings,
        runtime: &dyn Runtime,
        target: &'a PreparedRequest,
        options: &'a CallOptions,
        sends_file: bool,
    ) -> Self {
        let cancel = state.cancel_scope(options);
        let is_file = sends_file || target.accept != JSON;
        let limit = settings.limits.of_call(is_file);
        let begun = options.begun.unwrap_or_else(|| runtime.now());
        Call {
            state,
            target,
            options,
            is_file,
            context: Arc::new(CallContext::new(cancel, settings.limits.connect)),
            deadline: options.ends(limit, || begun),
            policy: Policy {
                attempts: options.max_attempts.unwrap_or(settings.max_attempts),
                longest_wait: settings.max_retry_wait,
                repeat_unsafe: options.retry_unsafe.unwrap_or(false),
            },
            slot: AtomicUsize::new(0),
            credential: Mutex::default(),
            gives_token: state.credentials.runs_callers_code(),
            begun,
            has_hooks: settings.hooks.is_any(),
            head_size: AtomicUsize::new(0),
            hook_headers: Mutex::default(),
            status: AtomicU16::new(0),
            request_id: Mutex::default(),
        }
    }

    /// Reports whether the caller's own code runs amid the call: a source, a target, an interrupt check, a callback for the token, a hook.
    pub(super) fn runs_callers_code(&self) -> bool {
        self.is_file || self.has_hooks || self.gives_token || self.options.interrupt_check.is_some()
    }

    /// Sets the token of the next attempt. Returns whether it is another than that of the last.
    pub(super) fn authorize(&self, credential: &Arc<Credential>) -> bool {
        let mut held = self.credential();
        let is_new = held
            .as_ref()
            .is_none_or(|held| !Arc::ptr_eq(held, credential));
        *held = Some(Arc::clone(credential));
        is_new
    }

    /// The token of the attempt.
    pub(super) fn token(&self) -> Result<Token> {
        let held = self.credential();
        let held = held.as_ref().map(|held| held.token.clone());
        held.ok_or_else(|| Error::internal("the attempt has no token"))
    }

    fn credential(&self) -> MutexGuard<'_, Option<Arc<Credential>>> {
        lock(&self.credential)
    }

    /// Notes that the attempt has a slot of this state's rate limiter. Only the call's own thread uses the slot, so no order is needed.
    pub(super) fn hold_slot_of(&self, state: &State) {
        self.slot
            .store(std::ptr::from_ref(state).addr(), Ordering::Relaxed);
    }

    /// Reports whether the attempt has a slot.
    pub(super) fn has_slot(&self) -> bool {
        self.slot.load(Ordering::Relaxed) != 0
    }

    /// Takes the slot, to give it back. Returns false where there is none of this state's.
    pub(super) fn take_slot_of(&self, state: &State) -> bool {
        self.slot.swap(0, Ordering::Relaxed) == std::ptr::from_ref(state).addr()
    }

    /// Sets the size that the head does not exceed, without the headers of a hook.
    pub(super) fn set_head_size(&self, size: usize) {
        self.head_size.store(size, Ordering::Relaxed);
        self.context.expect_head(size);
    }

    /// The size that the head does not exceed, without the headers of a hook.
    pub(super) fn head_size(&self) -> usize {
        self.head_size.load(Ordering::Relaxed)
    }

    /// Sets the headers of a hook, for this attempt alone.
    pub(super) fn set_hook_headers(&self, headers: Vec<(String, String)>) {
        *lock(&self.hook_headers) = headers;
    }

    /// The headers of a hook for this attempt.
    pub(super) fn hook_headers(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        lock(&self.hook_headers)
    }

    /// Notes the head of an answer.
    pub(super) fn note_head(&self, status: u16, request_id: Option<String>) {
        self.status.store(status, Ordering::Relaxed);
        if request_id.is_some() {
            *lock(&self.request_id) = request_id;
        }
    }

    /// Takes the status of this attempt's answer, if there was one.
    pub(super) fn take_status(&self) -> Option<u16> {
        Some(self.status.swap(0, Ordering::Relaxed)).filter(|status| *status != 0)
    }

    /// Takes the server's id of this attempt, if it was kept.
    pub(super) fn take_request_id(&self) -> Option<String> {
        lock(&self.request_id).take()
    }

    /// The limits for the waits for the caller's own source or target.
    pub(super) fn stall_limits(&self) -> StallLimits {
        StallLimits {
            cancel: self.context.cancel.clone(),
            deadline: self.deadline,
            process: Some(std::process::id()),
        }
    }

    /// The time until the call's deadline; none where it has no deadline.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(now))
    }
}

/// Locks a part of the call. Only the call's own thread does, so there is no wait.
fn lock<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
