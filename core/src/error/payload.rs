//! An error's members as plain data, for C, Python and Node.

use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

use super::error_type::Error;
use super::report;
use crate::language::Language;

/// Every public member of an [`Error`], ready to be serialised.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Payload<'a> {
    /// The kind's name, `rate_limit`.
    pub kind: &'static str,
    /// The kind's number, the C status code.
    pub code: i32,
    /// The class of Python and Node.
    pub class: &'static str,
    /// See [`Error::message`].
    pub message: Cow<'a, str>,
    /// See [`Error::hint`].
    pub hint: Option<Cow<'a, str>>,
    /// See [`Error::reason`].
    pub reason: Option<&'static str>,
    /// See [`Error::phase`].
    pub phase: Option<&'static str>,
    /// See [`Error::http_status`].
    pub http_status: Option<u16>,
    /// See [`Error::title`].
    pub title: Option<&'a str>,
    /// See [`Error::body`].
    pub body: Option<&'a str>,
    /// The pairs of [`Error::headers`], for the bindings only: a payload is written to logs, and a header may be a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<(&'a str, &'a str)>>,
    /// See [`Error::operation`].
    pub operation: Option<&'static str>,
    /// See [`Error::method`].
    pub method: Option<&'static str>,
    /// See [`Error::path`].
    pub path: Option<&'a str>,
    /// See [`Error::attempts`].
    pub attempts: u32,
    /// [`Error::retry_after`] in milliseconds, rounded up; the longest is 9 * 10^18.
    pub retry_after_ms: Option<u64>,
    /// The outcome's name.
    pub outcome: &'static str,
    /// See [`Error::retryable`].
    pub retryable: bool,
    /// See [`Error::request_id`].
    pub request_id: Option<&'a str>,
    /// See [`Error::occurred_at`].
    pub occurred_at: String,
    /// The error's whole text: message, facts and hint on one line.
    pub text: String,
    /// See [`Error::support_report`].
    pub support_report: String,
    /// See [`Error::curl`]. It is not part of the JSON, which programs log: the address may name a contact.
    #[serde(skip)]
    pub curl: Option<String>,
}

/// The longest wait that is shown. C's `int64_t` and the doubles of Python and JavaScript hold it alike, and print it alike.
const LONGEST_MS: u64 = 9_000_000_000_000_000_000;

/// A wait in milliseconds. It is rounded up: a caller who waits too short is refused again.
fn milliseconds(wait: Duration) -> u64 {
    let ms = wait.as_micros().div_ceil(1000);
    u64::try_from(ms).unwrap_or(u64::MAX).min(LONGEST_MS)
}

impl Error {
    /// All members of the error.
    #[doc(hidden)]
    pub fn payload(&self) -> Payload<'_> {
        Payload::of(self, Language::Rust)
    }

    /// All members of the error, for the bindings. The texts use the names of their language.
    #[doc(hidden)]
    pub fn payload_in(&self, language: Language) -> Payload<'_> {
        Payload {
            headers: self.headers().map(|headers| headers.iter().collect()),
            ..Payload::of(self, language)
        }
    }
}

impl<'a> Payload<'a> {
    /// All members of an error. Texts are rendered in the language, all other members are the same in each.
    fn of(error: &'a Error, language: Language) -> Self {
        Payload {
            kind: error.kind().name(),
            code: error.kind() as i32,
            class: error.kind().class(),
            message: error.message_text().in_language(language),
            hint: error.hint_text().map(|hint| hint.in_language(language)),
            reason: error.reason(),
            phase: error.phase(),
            http_status: error.http_status(),
            title: error.title(),
            body: error.body(),
            headers: None,
            operation: error.operation(),
            method: error.method(),
            path: error.path(),
            attempts: error.attempts(),
            retry_after_ms: error.retry_after().map(milliseconds),
            outcome: error.outcome().name(),
            retryable: error.retryable(),
            request_id: error.request_id(),
            occurred_at: error.occurred_at(),
            text: error.text(language),
            support_report: report::render(error, language),
            curl: error.curl(),
        }
    }

    /// The payload as a JSON object with the curl line, for the bindings.
    #[doc(hidden)]
    pub fn to_json_with_curl(&self) -> String {
        let mut json = self.to_json();
        if let Some(curl) = &self.curl {
            json.truncate(json.len() - 1);
            json.push_str(",\"curl\":");
            json.push_str(&serde_json::Value::from(curl.as_str()).to_string());
            json.push('}');
        }
        json
    }

    /// The payload as a JSON object.
    pub fn to_json(&self) -> String {
        // No member can fail to serialise; a panic would cross into another language.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_wait_is_rounded_up_to_milliseconds_and_bounded() {
        for (wait, expected) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1_000), 1),
            (Duration::from_micros(1_500_001), 1_501),
            (Duration::from_secs(3), 3_000),
            (Duration::MAX, LONGEST_MS),
        ] {
            let error = Error::new(ErrorKind::RateLimit, "wait").with_retry_after(Some(wait));
            let json = error.payload().to_json();
            let read: serde_json::Value = serde_json::from_str(&json).unwrap();
            let members = (&read["kind"], &read["retry_after_ms"], &read["message"]);
            let wanted = (&"rate_limit".into(), &expected.into(), &"wait".into());
            assert_eq!(members, wanted, "{wait:?}");
        }
    }
}
