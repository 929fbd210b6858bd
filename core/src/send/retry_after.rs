//! How long the server asked to wait.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use serde_json::Value;

const MOST_SECONDS: f64 = 86_400.0;

/// The larger of the body's `retryAfter` (Authentication page) and the `Retry-After` header (RFC 9110).
///
/// Numbers, fractions and numeric strings are taken as seconds, a date as the time until then. What is negative, longer
/// than a day or no number is ignored.
pub(crate) fn wait(headers: &HeaderMap, body: Option<&Value>, now: Timestamp) -> Option<Duration> {
    let from_body = body
        .and_then(|body| body.get("retryAfter"))
        .and_then(|value| match value {
            Value::Number(number) => seconds(number.as_f64()?),
            Value::String(text) => text_seconds(text),
            _ => None,
        });
    let from_header = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text_seconds(text).or_else(|| until(text, now)));
    from_body.max(from_header)
}

fn text_seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let plain = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| text.parse().ok()).flatten().and_then(seconds)
}

fn seconds(value: f64) -> Option<Duration> {
    (0.0..=MOST_SECONDS)
        .contains(&value)
        .then(|| Duration::from_secs_f64(value))
}

fn until(text: &str, now: Timestamp) -> Option<Duration> {
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    let wait = Duration::try_from(date.duration_since(now)).ok()?;
    seconds(wait.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn waits(header: Option<&str>, body: Value) -> Option<u64> {
        let mut headers = HeaderMap::new();
        if let Some(text) = header {
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        }
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        wait(&headers, Some(&body), now).map(|wait| wait.as_millis() as u64)
    }

    #[test]
    fn reads_body_and_header_and_takes_the_larger() {
        assert_eq!(waits(None, json!({"retryAfter": 60})), Some(60_000));
        assert_eq!(waits(Some("3"), json!({})), Some(3_000));
        assert_eq!(waits(Some("3"), json!({"retryAfter": 60})), Some(60_000));
        assert_eq!(waits(Some("90"), json!({"retryAfter": 60})), Some(90_000));
        assert_eq!(waits(None, json!({"retryAfter": "60"})), Some(60_000));
        assert_eq!(waits(None, json!({"retryAfter": 0.5})), Some(500));
        assert_eq!(waits(None, json!({"retryAfter": 0})), Some(0));
        assert_eq!(
            waits(Some("Tue, 24 Nov 2026 12:01:30 GMT"), json!({})),
            Some(90_000)
        );
    }

    #[test]
    fn ignores_what_makes_no_sense() {
        for value in [
            json!(-1),
            json!(86_401),
            json!(1e300),
            json!("NaN"),
            json!("-5"),
            json!("1e3"),
            json!(null),
            json!([1]),
        ] {
            assert_eq!(waits(None, json!({"retryAfter": value})), None);
        }
        for header in [
            "",
            "soon",
            "-1",
            "inf",
            "1e9999",
            "18446744073709551616",
            "Tue, 24 Nov 2026 11:00:00 GMT",
        ] {
            assert_eq!(waits(Some(header), json!({})), None, "{header}");
        }
        assert_eq!(waits(None, json!("retryAfter")), None);
    }
}
