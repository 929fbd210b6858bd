//! A result with the HTTP side of its answer.

use std::time::Duration;

use crate::headers::Headers;
use crate::send::ResponseInfo;

/// A result with the HTTP side of the answer that it is from. See [`Client::with_response`](crate::Client::with_response).
///
/// ```
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let answer = client.with_response(|client| client.form_templates().steps("client-onboarding"))?;
/// assert_eq!((answer.status, answer.attempts, answer.from_cache), (200, 1, false));
/// let count = answer.map(|steps| steps.len());
/// println!("{} steps, request {:?}", count.data, count.request_id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WithResponse<T> {
    /// The result of the call.
    pub data: T,
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers, with the client's token blanked.
    pub headers: Headers,
    /// The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is documented).
    pub request_id: Option<String>,
    /// The number of requests that were sent or tried; 0 for an answer of the cache.
    pub attempts: u32,
    /// The time from the call to the last byte, its waits and repeats included.
    pub elapsed: Duration,
    /// True for an answer that the client had in its cache, or that another call was getting.
    pub from_cache: bool,
    /// The time since the server sent an answer of the cache; none for any other.
    pub age: Option<Duration>,
}

impl<T> WithResponse<T> {
    /// Joins a result and its HTTP side.
    pub(crate) fn of(data: T, info: ResponseInfo) -> WithResponse<T> {
        WithResponse {
            data,
            status: info.status,
            headers: info.headers,
            request_id: info.request_id,
            attempts: info.attempts,
            elapsed: info.elapsed,
            from_cache: info.age.is_some(),
            age: info.age,
        }
    }

    /// Changes the result and keeps its HTTP side.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> WithResponse<U> {
        WithResponse {
            data: change(self.data),
            status: self.status,
            headers: self.headers,
            request_id: self.request_id,
            attempts: self.attempts,
            elapsed: self.elapsed,
            from_cache: self.from_cache,
            age: self.age,
        }
    }
}
