//! What ends a call.

use napi_derive::napi;
use penbox_core::CancelToken;

/// Ends the calls it was given to.
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

    /// That of a call, if it was given one.
    pub(crate) fn of(given: Option<&NativeCancel>) -> Option<CancelToken> {
        given.map(|cancel| cancel.token.clone())
    }
}

#[napi]
impl NativeCancel {
    /// Ends them.
    #[napi]
    pub fn cancel(&self) {
        self.token.cancel();
    }
}
