//! The dates of HTTP (RFC 9110, section 5.6.7), in all three forms that a recipient must accept, and in the form of mail.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The names of the months, as all three forms write them.
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// The furthest that a year of two digits may be ahead, in years (RFC 9110, section 5.6.7).
const FURTHEST_YEARS: i16 = 50;

/// Parses a date. `now` decides the century of a year with two digits.
///
/// The day of the week is ignored: a wrong one does not change the time that the rest names.
pub(crate) fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    let words: Vec<&str> = text
        .split([' ', ',', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    let date = match words[..] {
        // `Sun, 06 Nov 1994 08:49:37 GMT` and `Sunday, 06-Nov-94 08:49:37 GMT`.
        [_, day, month, year, time, zone] if is_utc(zone) => civil(year, month, day, time, now),
        // `Sun Nov  6 08:49:37 1994`, the form of C's asctime, which is in UTC, too.
        [_, month, day, time, year] => civil(year, month, day, time, now),
        _ => None,
    };
    // RFC 2822, the form of mail, has an offset in place of `GMT`. It names a time as clearly, so it is accepted, too.
    let of_mail = || jiff::fmt::rfc2822::parse(text.trim()).ok();
    date.or_else(|| Some(of_mail()?.timestamp()))
}

fn is_utc(zone: &str) -> bool {
    ["GMT", "UTC"]
        .iter()
        .any(|name| zone.eq_ignore_ascii_case(name))
}

/// The time of a date in UTC, from its parts.
fn civil(year: &str, month: &str, day: &str, time: &str, now: Timestamp) -> Option<Timestamp> {
    let month = month.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let mut clock = time.split(':').map(number);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    // `DateTime` has no leap seconds, so one counts as the second before it.
    let second = second.min(59);
    let of_year = |year: i16| {
        let date = DateTime::new(
            year,
            i8::try_from(month).ok()?,
            number(day)?,
            hour,
            minute,
            second,
            0,
        );
        date.ok()
    };
    let date = match year.len() {
        // `parse` alone would accept `+999`.
        4 if year.bytes().all(|byte| byte.is_ascii_digit()) => of_year(year.parse().ok()?)?,
        2 => {
            let today = TimeZone::UTC.to_datetime(now);
            let furthest = today.checked_add(Span::new().years(FURTHEST_YEARS)).ok()?;
            let century = furthest.year() - furthest.year().rem_euclid(100);
            let year = century + i16::from(number(year)?);
            // `of_year` is none where the day does not exist: February 29 may be a day of one century only.
            let latest = of_year(year).filter(|date| *date <= furthest);
            latest.or_else(|| of_year(year - 100))?
        }
        _ => return None,
    };
    TimeZone::UTC.to_timestamp(date).ok()
}

/// Parses a number of one or two digits.
fn number(digits: &str) -> Option<i8> {
    let plain = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, now: &str) -> Option<String> {
        let named = parse(text, now.parse().unwrap());
        named.map(|named| named.to_string())
    }

    #[test]
    fn all_three_forms_name_the_same_time() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "sun, 6 nov 1994 08:49:37 utc",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 10:49:37 +0200",
        ] {
            let named = at(text, "2026-11-24T12:00:00Z");
            assert_eq!(named.as_deref(), Some("1994-11-06T08:49:37Z"), "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
        for (year, now, expected) in [
            ("26", "2026-11-24T12:00:00Z", "2026-11-06T08:49:37Z"),
            ("76", "2026-11-24T12:00:00Z", "2076-11-06T08:49:37Z"),
            ("76", "2026-11-05T12:00:00Z", "1976-11-06T08:49:37Z"),
            ("77", "2026-11-24T12:00:00Z", "1977-11-06T08:49:37Z"),
            ("99", "2026-11-24T12:00:00Z", "1999-11-06T08:49:37Z"),
            ("00", "2099-12-31T00:00:00Z", "2100-11-06T08:49:37Z"),
        ] {
            let text = format!("Friday, 06-Nov-{year} 08:49:37 GMT");
            assert_eq!(at(&text, now).as_deref(), Some(expected), "{text} {now}");
        }
    }

    #[test]
    fn other_texts_are_no_date() {
        for text in [
            "",
            "soon",
            "Sun, 31 Feb 2027 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 194 08:49:37 GMT",
            "Sun, 06 Now 1994 08:49:37 GMT",
            "Sun Nov 6 08:49:37 +999",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(at(text, "2026-11-24T12:00:00Z"), None, "{text}");
        }
        let leap = at("Fri, 31 Dec 2016 23:59:60 GMT", "2026-11-24T12:00:00Z");
        assert_eq!(leap.as_deref(), Some("2016-12-31T23:59:59Z"));
    }
}
