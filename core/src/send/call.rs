//! One call: what stays the same through its attempts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::options::CallOptions;
use super::request::{JSON, PreparedRequest};
use super::retry::Policy;
use super::runtime::Runtime;
use super::state::State;
use crate::config::Settings;
use crate::transport::CallContext;

/// One call: its request, its options, its limits.
pub(crate) struct Call<'a> {
    /// The state of the process in which the call began.
    pub(super) state: &'a State,
    pub(crate) target: &'a PreparedRequest,
    pub(crate) options: &'a CallOptions,
    /// The call moves a file. A file takes as long as it moves, so the client's time limits do not hold for it.
    pub(crate) is_file: bool,
    /// The cancel scope and the credential, for the connection under the call.
    pub(crate) context: Arc<CallContext>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) policy: Policy,
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
        let limit = (!is_file).then_some(settings.limits.total);
        Call {
            state,
            target,
            options,
            is_file,
            context: Arc::new(CallContext::new(cancel, settings.limits.connect)),
            deadline: options.ends(limit, || runtime.now()),
            policy: Policy {
                attempts: options.max_attempts.unwrap_or(settings.max_attempts),
                longest_wait: settings.max_retry_wait,
                repeat_unsafe: options.retry_unsafe.unwrap_or(false),
            },
        }
    }

    /// Reports whether the caller's own code runs amid the call: a source, a target, an interrupt check.
    pub(super) fn runs_callers_code(&self) -> bool {
        self.is_file || self.options.interrupt_check.is_some()
    }

    /// The time until the call's deadline; none where it has no deadline.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(now))
    }
}
