//! Reads the numbers of JSON (RFC 8259, section 6).

use super::tape::Tag;

/// The powers of ten by which [`short`] divides. All are exact as doubles, and so is a whole number of up to 15 digits, which is
/// below 2^53. IEEE 754 rounds the quotient of two exact doubles correctly.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// The value of a whole number that fits into 64 bits. Returns nothing for any other.
pub(super) fn whole_number(text: &str) -> Option<(Tag, u64)> {
    if let Ok(value) = text.parse::<u64>() {
        return Some((Tag::Unsigned, value));
    }
    // A zero with a sign is a double, as in serde_json.
    if text != "-0"
        && let Ok(value) = text.parse::<i64>()
    {
        return Some((Tag::Signed, value as u64));
    }
    None
}

/// A number's text as a double, rounded as serde_json rounds it. Returns nothing where it is beyond all doubles.
pub(super) fn double(text: &str) -> Option<f64> {
    serde_json::from_str(text).ok()
}

/// The number that a text begins with and the text after it, where it has so few digits that one division rounds it correctly.
/// Returns nothing for any other number, and where there is none.
pub(super) fn short(text: &[u8]) -> Option<((Tag, u64), &[u8])> {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, mut rest) = digits(0, unsigned);
    let (mut value, mut places, mut count) = (whole, 0, unsigned.len() - rest.len());
    // A leading zero is left to the caller, which reads the zero alone and then meets a digit that it refuses.
    if count == 0 || (count > 1 && unsigned.first() == Some(&b'0')) {
        return None;
    }
    let fraction = rest.strip_prefix(b".");
    if let Some(fraction) = fraction {
        (value, rest) = digits(value, fraction);
        places = fraction.len() - rest.len();
        count += places;
    }
    if count >= POWERS.len() || matches!(rest, [b'e' | b'E', ..]) {
        return None;
    }
    let negative = unsigned.len() < text.len();
    let number = match fraction {
        None if !negative => (Tag::Unsigned, value),
        None if value > 0 => (Tag::Signed, value.wrapping_neg()),
        // `1.` is no number: a digit must follow the point (RFC 8259, section 6).
        Some(_) if places == 0 => return None,
        // A number with a fraction, or -0, which no integer holds.
        _ => {
            let value = value as f64 / POWERS.get(places)?;
            let value = if negative { -value } else { value };
            (Tag::Float, value.to_bits())
        }
    };
    Some((number, rest))
}

/// Appends the digits that a text begins with to a value, and returns it with the text after them. It reads 16 at most, which
/// [`short`] refuses already.
fn digits(mut value: u64, mut text: &[u8]) -> (u64, &[u8]) {
    for _ in POWERS {
        let [digit @ b'0'..=b'9', rest @ ..] = text else {
            break;
        };
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        text = rest;
    }
    (value, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number as serde_json reads it.
    fn expected(text: &str) -> (Tag, u64) {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        match (value.as_u64(), value.as_i64(), value.as_f64()) {
            (Some(value), _, _) => (Tag::Unsigned, value),
            (_, Some(value), _) => (Tag::Signed, value as u64),
            (_, _, value) => (Tag::Float, value.unwrap().to_bits()),
        }
    }

    #[test]
    fn a_short_number_is_the_one_that_serde_json_reads() {
        let (mut all, mut short_ones, mut long_ones) = (0, 0, 0);
        for sign in ["", "-"] {
            for whole in ["0", "7", "19", "3020", "99999999999999", "9999999999999999"] {
                for fraction in (0..1000_u64).chain([999_999, 10_000_000_019]) {
                    for text in [
                        format!("{sign}{whole}"),
                        format!("{sign}{whole}.{fraction}"),
                        format!("{sign}{whole}.{fraction:012}"),
                        format!("{sign}{whole}.{fraction}e1"),
                        format!("{sign}{whole}e{}", fraction % 200),
                    ] {
                        let float = |text| Some((Tag::Float, double(text)?.to_bits()));
                        let read = whole_number(&text).or_else(|| float(&text));
                        assert_eq!(read, Some(expected(&text)), "{text}");
                        for end in ["", ",", "]", " 1", "-"] {
                            match short(format!("{text}{end}").as_bytes()) {
                                Some((short, rest)) => {
                                    assert_eq!(short, expected(&text), "{text}");
                                    assert_eq!(rest, end.as_bytes(), "{text}");
                                    short_ones += 1;
                                }
                                None => long_ones += 1,
                            }
                        }
                        all += 1;
                    }
                }
            }
        }
        assert!(all > 50_000, "{all}");
        assert!(
            short_ones > 100_000 && long_ones > 50_000,
            "{short_ones} {long_ones}"
        );
    }

    #[test]
    fn a_number_beyond_a_double_is_none() {
        for text in ["1e999", "-1e999", &"9".repeat(400)] {
            assert_eq!((whole_number(text), double(text)), (None, None), "{text}");
        }
    }
}
