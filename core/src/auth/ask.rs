//! The question for a token: the limits of the call that asks, and its ends without a token.

use std::time::Instant;

use crate::cancel::CancelScope;
use crate::error::Error;
use crate::system;

/// The limits of the call that asks for the token.
pub(crate) struct AskLimits<'a> {
    /// The sources that can end the call.
    pub(crate) cancel: &'a CancelScope,
    pub(crate) deadline: Option<Instant>,
}

/// The reason why a supplier gave no token.
pub(crate) enum AskError {
    /// The call that asked was cancelled, or its time is over. Another call may ask anew.
    Ended,
    /// The supplier failed, for every call that waits for it.
    Failed(Error),
}

impl AskLimits<'_> {
    /// Reports whether the time of the call is over.
    pub(super) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| system::now() >= deadline)
    }
}
