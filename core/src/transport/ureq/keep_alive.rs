//! The `Keep-Alive` of an answer: how long the server keeps the connection without a request.

use std::time::Duration;

use http::HeaderMap;
use http::header::HeaderName;

/// The time by which a connection is given up before the server closes it. A request that crosses the close is lost without an
/// answer.
const MARGIN: Duration = Duration::from_secs(1);

/// The longest that a connection may be idle after an answer with these headers; none where the server names no time. The header
/// is no part of HTTP's standard, but many servers send it: `timeout=5, max=100`, in seconds and in requests that are left.
pub(super) fn idle_limit(headers: &HeaderMap) -> Option<Duration> {
    const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
    let text = headers.get(KEEP_ALIVE)?.to_str().ok()?;
    let limits = text.split(',').filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let number: u64 = value.trim().trim_matches('"').parse().ok()?;
        match name.trim().to_ascii_lowercase().as_str() {
            "timeout" => Some(Duration::from_secs(number).saturating_sub(MARGIN)),
            "max" if number == 0 => Some(Duration::ZERO),
            _ => None,
        }
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_a_server_says_counts_and_nonsense_does_not() {
        for (text, expected) in [
            ("timeout=5", Some(4)),
            ("timeout=5, max=100", Some(4)),
            ("Timeout = \"3\"", Some(2)),
            ("timeout=1", Some(0)),
            ("timeout=0", Some(0)),
            ("timeout=60, max=0", Some(0)),
            ("max=7", None),
            ("timeout=-1", None),
            ("timeout=soon", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("keep-alive", HeaderValue::from_static(text));
            let found = idle_limit(&headers);
            assert_eq!(found, expected.map(Duration::from_secs), "{text:?}");
        }
        assert_eq!(idle_limit(&HeaderMap::new()), None);
    }
}
