//! The HTTP side of a success, which is recorded for a caller who asks for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::headers::Headers;

/// The HTTP side of a success.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The HTTP status.
    pub status: u16,
    /// The headers, without the client's token.
    pub headers: Headers,
    /// The id that the server gave the request.
    pub request_id: Option<String>,
    /// The number of requests that were sent or tried; 0 for an answer of the cache.
    pub attempts: u32,
    /// The time from the call to the last byte, its waits and repeats included.
    pub elapsed: Duration,
    /// The time since the server sent the answer, if it is one of the cache.
    pub age: Option<Duration>,
}

impl ResponseInfo {
    /// The HTTP side as a JSON object, for the bindings; times in milliseconds.
    pub fn to_json(&self) -> String {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let headers: Vec<(&str, &str)> = self.headers.iter().collect();
        let object = serde_json::json!({
            "status": self.status,
            "headers": headers,
            "request_id": self.request_id,
            "attempts": self.attempts,
            "elapsed_ms": ms(self.elapsed),
            "age_ms": self.age.map(ms),
        });
        object.to_string()
    }
}

/// The place where a call leaves the HTTP side of its success. A call without one records nothing.
#[derive(Clone, Debug, Default)]
#[doc(hidden)]
pub struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    begun: Option<Instant>,
    info: Option<ResponseInfo>,
}

impl Recorder {
    /// Takes what the last call left; none where it sent no request that succeeded.
    pub fn take(&self) -> Option<ResponseInfo> {
        self.lock().info.take()
    }

    /// Notes the beginning of a call.
    pub(crate) fn begin(&self, now: Instant) {
        *self.lock() = Recorded {
            begun: Some(now),
            info: None,
        };
    }

    /// Records the head of a 2xx answer, which is the call's if nothing fails behind it.
    pub(crate) fn head(&self, status: u16, headers: Headers, request_id: Option<String>) {
        self.lock().info = Some(ResponseInfo {
            status,
            headers,
            request_id,
            attempts: 1,
            elapsed: Duration::ZERO,
            age: None,
        });
    }

    /// Completes the record of a call that has succeeded.
    pub(crate) fn end(&self, attempts: u32, now: Instant) {
        let mut recorded = self.lock();
        let begun = recorded.begun.unwrap_or(now);
        if let Some(info) = &mut recorded.info {
            info.attempts = attempts;
            info.elapsed = now.saturating_duration_since(begun);
        }
    }

    /// Records an answer of the cache.
    pub(crate) fn kept(&self, age: Duration, now: Instant) {
        self.end(0, now);
        if let Some(info) = &mut self.lock().info {
            info.age = Some(age);
        }
    }

    /// Leaves a copy of what another recorder has.
    pub(crate) fn put(&self, info: ResponseInfo) {
        self.lock().info = Some(info);
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
