//! An answer that is kept.

use std::time::Instant;

use http::HeaderMap;

use crate::auth::Token;

/// A 2xx answer as it was received.
#[derive(Debug)]
pub(crate) struct KeptAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The token of the request, which the answer may repeat.
    pub(crate) token: Token,
    /// The time at which the answer was received.
    pub(crate) received: Instant,
}

impl KeptAnswer {
    /// The bytes that the answer takes, about.
    pub(super) fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        self.text.len() + headers
    }
}
