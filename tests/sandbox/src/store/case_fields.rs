use jiff::civil::Date;
use serde_json::Value;

use super::cases::{Case, CaseField};
use crate::error::ApiError;

/// The longest key (`/cases/templates`).
const LONGEST_KEY: usize = 120;

/// Lower-case letters, digits and underscores, at most 120 (`/cases/templates`).
pub(crate) fn is_key(text: &str) -> bool {
    (1..=LONGEST_KEY).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A wrong schema value is a 400 (`/api-reference/error-codes`). Null empties any field; types not named here take anything.
pub(crate) fn check(name: &str, kind: &str, value: &Value) -> Result<(), ApiError> {
    let (fits, what) = match kind {
        "text" => (value.is_string(), "a string"),
        "number" | "currency" => (value.is_number(), "a number"),
        "checkbox" => (value.is_boolean(), "a boolean"),
        "multiple_choice" => (value.is_array(), "an array"),
        "date" => (
            value.as_str().is_some_and(|text| {
                text.parse::<Date>().is_ok() || crate::fields::parse_moment(text).is_some()
            }),
            "an ISO 8601 date",
        ),
        _ => (true, ""),
    };
    if fits || value.is_null() {
        Ok(())
    } else {
        Err(ApiError::bad_request(format!("{name} must be {what}")))
    }
}

impl Case {
    pub(crate) fn field_mut(&mut self, key: &str) -> Option<&mut CaseField> {
        self.schema.iter_mut().find(|field| field.key == key)
    }

    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.schema
            .iter()
            .find(|field| field.key == key)
            .map(|field| &field.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys() {
        assert!(is_key("company_name_2") && is_key(&"a".repeat(120)));
        for bad in ["", "A", "a-b", "é", &"a".repeat(121)] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    #[test]
    fn values() {
        for (kind, good, bad) in [
            ("text", json!("a"), json!(1)),
            ("number", json!(1.5), json!("1")),
            ("checkbox", json!(true), json!("true")),
            ("multiple_choice", json!(["a"]), json!("a")),
            ("date", json!("2024-02-29"), json!("29/02/2024")),
        ] {
            assert!(check("x", kind, &good).is_ok(), "{kind}");
            assert!(check("x", kind, &json!(null)).is_ok(), "{kind}");
            assert!(check("x", kind, &bad).is_err(), "{kind}");
        }
        assert!(check("x", "signature", &json!({"any": 1})).is_ok());
    }
}
