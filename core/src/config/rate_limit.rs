//! Rate limits, as a setting writes them.

use std::time::Duration;

use crate::error::{Error, Result, name};

/// A limit: at most `requests` in any window of the length `window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) requests: usize,
    pub(crate) window: Duration,
}

impl Rate {
    /// Reads a list such as `100/min, 1000/h`.
    pub(crate) fn parse_all(text: &str) -> Result<Vec<Rate>> {
        text.split(',')
            .map(|part| Rate::parse(part.trim()))
            .collect::<Option<_>>()
            .ok_or_else(|| {
                Error::config(concat!("the setting ", name!("rate_limit"), " must be requests per time, such as 100/min, 1000/h"))
                    .with_hint("The times are s, min, h and d, with a number before it if you like: 100/min, 50/10s.")
            })
    }

    /// Reads one rate, such as `100/min` or `50/10s`. Returns nothing where it is none, or too large to be kept.
    fn parse(text: &str) -> Option<Rate> {
        let (requests, time) = text.split_once('/')?;
        let (requests, time) = (requests.trim(), time.trim());
        let digits = time.len() - time.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, unit) = time.split_at(digits);
        let count: u64 = match count {
            "" => 1,
            count => count.parse().ok()?,
        };
        let seconds = match unit.trim() {
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        let rate = Rate {
            requests: requests.parse().ok()?,
            window: Duration::from_secs(count.checked_mul(seconds)?),
        };
        // The limiter keeps a time for each request of the longest window: a million are 16 MB, and are kept for a week at most.
        let fits = (1..=1_000_000).contains(&rate.requests)
            && (1..=7 * 86_400).contains(&rate.window.as_secs());
        fits.then_some(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn rates_are_read() {
        let rate = |requests, seconds| Rate {
            requests,
            window: Duration::from_secs(seconds),
        };
        for (text, rates) in [
            ("100/min, 1000/h", vec![rate(100, 60), rate(1_000, 3_600)]),
            ("5/s", vec![rate(5, 1)]),
            (" 50 / 10 s ", vec![rate(50, 10)]),
            ("2000/day", vec![rate(2_000, 86_400)]),
        ] {
            assert_eq!(Rate::parse_all(text).unwrap(), rates, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "100",
            "100/",
            "/min",
            "0/min",
            "-1/min",
            "1/0s",
            "100/month",
            "100/min,",
            "1.5/s",
            "1/99999999999999999999s",
            "1/8d",
        ] {
            let error = Rate::parse_all(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        }
    }
}
