//! Cancels: objects of JavaScript's that end calls.

use napi_derive::napi;
use penbox_core::CancelToken;

/// A cancel. It ends every call that was started with it.
#[napi]
pub struct NativeCancel {
    token: CancelToken,
}

impl NativeCancel {
    pub(crate) fn new() -> NativeCancel {
        NativeCancel {
            token: CancelToken::new(),
        }
    }

    /// The core's token of a call's cancel, if it has one.
    pub(crate) fn of(given: Option<&NativeCancel>) -> Option<CancelToken> {
        given.map(|cancel| cancel.token.clone())
    }
}

#[napi]
impl NativeCancel {
    /// Ends the calls. It may be called again.
    #[napi]
    pub fn cancel(&self) {
        self.token.cancel();
    }
}
