//! Reads the numbers of JSON.

use super::index::Tag;

/// Powers of ten that are exact as doubles.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// A number as serde_json reads it: whole ones exactly where they fit, all others as doubles, rounded its way.
pub(super) fn number(text: &str) -> Option<(Tag, u64)> {
    if let Some(short) = short(text) {
        return Some(short);
    }
    if let Ok(value) = text.parse::<u64>() {
        return Some((Tag::Unsigned, value));
    }
    if text != "-0"
        && let Ok(value) = text.parse::<i64>()
    {
        return Some((Tag::Signed, value as u64));
    }
    let value: f64 = serde_json::from_str(text).ok()?;
    Some((Tag::Float, value.to_bits()))
}

/// A number of so few digits that they are exact as a double, as is the power of ten: one division rounds it as anybody does.
fn short(text: &str) -> Option<(Tag, u64)> {
    if text.len() > POWERS.len() {
        return None;
    }
    let (mut value, mut places) = (0, None);
    let digits = text.strip_prefix('-').unwrap_or(text);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + u64::from(byte - b'0');
                places = places.map(|places| places + 1);
            }
            b'.' => places = Some(0),
            _ => return None,
        }
    }
    let negative = digits.len() < text.len();
    match places {
        None if !negative => Some((Tag::Unsigned, value)),
        None if value > 0 => Some((Tag::Signed, value.wrapping_neg())),
        places => {
            let value = value as f64 / POWERS.get(places.unwrap_or(0))?;
            let value = if negative { -value } else { value };
            Some((Tag::Float, value.to_bits()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What serde_json reads.
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
        let (mut all, mut long) = (0, 0);
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
                        assert_eq!(number(&text), Some(expected(&text)), "{text}");
                        match short(&text) {
                            Some(short) => assert_eq!(short, expected(&text), "{text}"),
                            None => long += 1,
                        }
                        all += 1;
                    }
                }
            }
        }
        assert!(all > 50_000 && long > 10_000, "{all} {long}");
    }

    #[test]
    fn a_number_beyond_a_double_is_none() {
        for text in ["1e999", "-1e999", &"9".repeat(400)] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
