//! The error of a delivery that is refused.

use crate::error::{Error, ErrorKind, Reason};

/// The error of a delivery that is refused for this reason.
pub(super) fn refused(reason: Reason, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Webhook, message).with_reason(reason)
}
