//! The wait that a server names in an answer.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};
use jiff::Timestamp;

use super::http_date;

/// The largest of the body's `retryAfter` (Authentication page) and all `Retry-After` headers (RFC 9110, section 10.2.3).
///
/// Zero means "at once". A date is the time until then. A value that is negative, past or no number counts as absent.
pub(crate) fn wait(
    headers: &HeaderMap,
    body: Option<Duration>,
    now: Timestamp,
) -> Option<Duration> {
    // The server's clock named the date. So the answer's own `Date` measures it, where there is one, and not the caller's clock,
    // which may be wrong.
    let sent = sent_at(headers, now);
    let until = |text: &str| {
        let date = http_date::parse(text, now)?;
        Duration::try_from(date.duration_since(sent.unwrap_or(now))).ok()
    };
    let of_headers =
        texts(headers, RETRY_AFTER).filter_map(|text| of_text(text).or_else(|| until(text)));
    of_headers.chain(body).max()
}

/// The time at which an answer was sent, by the server's own clock: its `Date` (RFC 9110, section 6.6.1).
pub(crate) fn sent_at(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    texts(headers, DATE).find_map(|text| http_date::parse(text, now))
}

/// The values of a header that are text.
fn texts(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok())
}

/// The seconds in a text of digits, perhaps with a fraction. No sign, exponent or unit is accepted.
pub(crate) fn of_text(text: &str) -> Option<Duration> {
    let text = text.trim();
    let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.bytes()
        .all(is_plain)
        .then(|| of_number(text))
        .flatten()
}

/// The seconds in a number of JSON. Whole ones are exact, others are read as a double. A number too large for a `Duration` is the
/// longest one: a wait that nobody accepts.
pub(crate) fn of_number(text: &str) -> Option<Duration> {
    if let Ok(whole) = text.parse() {
        return Some(Duration::from_secs(whole));
    }
    let value: f64 = text.parse().ok()?;
    (value >= 0.0).then(|| Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const NOW: &str = "2026-11-24T12:00:00Z";

    fn waits(named: &[(HeaderName, &str)], body: Option<Duration>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, text) in named {
            headers.append(name, HeaderValue::from_str(text).unwrap());
        }
        wait(&headers, body, NOW.parse().unwrap())
    }

    fn header(text: &str) -> Option<Duration> {
        waits(&[(RETRY_AFTER, text)], None)
    }

    fn ms(count: u64) -> Option<Duration> {
        Some(Duration::from_millis(count))
    }

    #[test]
    fn reads_body_and_headers_and_takes_the_largest() {
        let both = |text, body| waits(&[(RETRY_AFTER, text)], body);
        assert_eq!(both("3", ms(60_000)), ms(60_000));
        assert_eq!(both("90", ms(60_000)), ms(90_000));
        assert_eq!(both("soon", ms(0)), ms(0));
        assert_eq!(both("3", None), ms(3_000));
        let two = [(RETRY_AFTER, "3"), (RETRY_AFTER, "7")];
        assert_eq!(waits(&two, None), ms(7_000));
        assert_eq!(waits(&[], None), None);
    }

    #[test]
    fn a_number_is_carried_whole() {
        for (text, expected) in [
            ("0", ms(0)),
            ("0.5", ms(500)),
            ("86401", ms(86_401_000)),
            ("900000", ms(900_000_000)),
            (
                "9007199254740993",
                Some(Duration::from_secs(9_007_199_254_740_993)),
            ),
            ("18446744073709551616", Some(Duration::MAX)),
        ] {
            assert_eq!(of_number(text), expected, "{text}");
            assert_eq!(of_text(text), expected, "{text}");
            assert_eq!(header(text), expected, "{text}");
        }
        assert_eq!(header(" 3 "), ms(3_000));
        assert_eq!(of_number("1e3"), ms(1_000_000));
        assert_eq!(of_number("1e999"), Some(Duration::MAX));
        assert_eq!(of_number("-0"), ms(0));
        assert_eq!(of_number("-0.001"), None);
        assert_eq!(of_number("-1e999"), None);
    }

    #[test]
    fn a_date_is_measured_by_the_answers_own_clock() {
        for text in [
            "Tue, 24 Nov 2026 12:01:30 GMT",
            "Tuesday, 24-Nov-26 12:01:30 GMT",
            "Tue Nov 24 12:01:30 2026",
        ] {
            assert_eq!(header(text), ms(90_000), "{text}");
            for (sent, expected) in [
                ("Tue, 24 Nov 2026 12:01:20 GMT", ms(10_000)),
                ("Tuesday, 24-Nov-26 11:56:30 GMT", ms(300_000)),
                ("Tue Nov 24 12:01:31 2026", None),
                ("now", ms(90_000)),
            ] {
                let named = [(DATE, sent), (RETRY_AFTER, text)];
                assert_eq!(waits(&named, None), expected, "{text} {sent}");
            }
        }
    }

    #[test]
    fn values_that_make_no_sense_are_absent() {
        for text in [
            "",
            ".",
            "soon",
            "-1",
            "inf",
            "NaN",
            "+5",
            "5 s",
            "1e3",
            "1e9999",
            "1.2.3",
            "0x10",
            "Tue, 24 Nov 2026 11:00:00 GMT",
        ] {
            assert_eq!(of_text(text), None, "{text}");
            assert_eq!(header(text), None, "{text}");
        }
    }
}
