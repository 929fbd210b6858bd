//! Reading a JSON body member by member, with an error that names the member.

use axum::http::Uri;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::ids;

/// A JSON object and the dotted path that leads to it.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    path: &'a str,
    map: &'a Map<String, Value>,
}

/// The body as a JSON object; anything else is a 400 (`/api-reference/error-codes`: malformed JSON).
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(ApiError::bad_request("Body must be a JSON object")),
        Err(_) => Err(ApiError::bad_request("Malformed JSON")),
    }
}

impl<'a> Fields<'a> {
    /// An object that is found at `path`.
    pub(crate) fn at(path: &'a str, value: &'a Value) -> Result<Self, ApiError> {
        match value {
            Value::Object(map) => Ok(Self { path, map }),
            _ => Err(ApiError::bad_request(format!("{path} must be an object"))),
        }
    }

    pub(crate) fn root(map: &'a Map<String, Value>) -> Self {
        Self { path: "", map }
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn wrong(&self, key: &str, what: &str) -> ApiError {
        ApiError::bad_request(format!("{} must be {what}", self.name(key)))
    }

    /// The member as an object.
    pub(crate) fn object(&self, key: &'a str) -> Result<Option<&'a Map<String, Value>>, ApiError> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(self.wrong(key, "an object")),
        }
    }

    /// The member as an object to read further.
    pub(crate) fn inner(&self, key: &'a str) -> Result<Option<Fields<'a>>, ApiError> {
        Ok(self.object(key)?.map(|map| Fields { path: key, map }))
    }

    /// Like [`Fields::inner`] for the members of which the reference says that null is allowed.
    pub(crate) fn inner_or_null(&self, key: &'a str) -> Result<Option<Fields<'a>>, ApiError> {
        match self.map.get(key) {
            Some(Value::Null) => Ok(None),
            _ => self.inner(key),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, ApiError> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, "a string")),
        }
    }

    /// A string where null means "not given", so that a `user` read from the API can be sent back (inferred).
    pub(crate) fn text_or_null(&self, key: &str) -> Result<Option<&'a str>, ApiError> {
        match self.map.get(key) {
            Some(Value::Null) => Ok(None),
            _ => self.text(key),
        }
    }

    pub(crate) fn required_text(&self, key: &str) -> Result<&'a str, ApiError> {
        match self.text(key)? {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(self.wrong(key, "a non-empty string")),
            None => Err(ApiError::bad_request(format!(
                "{} is required",
                self.name(key)
            ))),
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, ApiError> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(*on)),
            Some(_) => Err(self.wrong(key, "a boolean")),
        }
    }

    pub(crate) fn email_or_null(&self, key: &str) -> Result<Option<&'a str>, ApiError> {
        match self.text_or_null(key)? {
            Some(text) if !is_email(text) => Err(self.wrong(key, "a valid email")),
            other => Ok(other),
        }
    }

    pub(crate) fn moment(&self, key: &str) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        match parse_moment(text) {
            Some(at) => Ok(Some(at)),
            None => Err(self.wrong(key, "an ISO 8601 date-time")),
        }
    }

    /// A moment, with null told apart from "not given".
    pub(crate) fn moment_or_null(&self, key: &str) -> Result<Option<Option<Timestamp>>, ApiError> {
        match self.map.get(key) {
            Some(Value::Null) => Ok(Some(None)),
            _ => Ok(self.moment(key)?.map(Some)),
        }
    }

    pub(crate) fn array(&self, key: &str) -> Result<Option<&'a [Value]>, ApiError> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.wrong(key, "an array")),
        }
    }

    pub(crate) fn value(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    /// The member as a UUID, in lower case.
    pub(crate) fn uuid(&self, key: &str) -> Result<Option<String>, ApiError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        match ids::parse_uuid(text) {
            Some(id) => Ok(Some(id)),
            None => Err(self.wrong(key, "a UUID")),
        }
    }

    /// An HTTPS address (`/api-reference/requests/create-request`: `redirect_url`).
    pub(crate) fn https(&self, key: &str) -> Result<Option<&'a str>, ApiError> {
        match self.text(key)? {
            Some(text) if !is_https(text) => Err(self.wrong(key, "an HTTPS URL")),
            other => Ok(other),
        }
    }
}

/// One `@` between a name and a dotted domain, no white space: enough to refuse a slip (inferred).
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || c == '@')
    };
    plain(name)
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

pub(crate) fn is_https(text: &str) -> bool {
    text.parse::<Uri>()
        .is_ok_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some())
}

/// Plain http to this machine, for webhook receivers in tests (inferred).
pub(crate) fn is_loopback_http(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        uri.scheme_str() == Some("http")
            && matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"))
    })
}

/// An ISO 8601 moment, or a plain date as its first instant in UTC (`/api-reference/advanced-filters` allows both).
pub(crate) fn parse_moment(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let plain_date = text.len() == "YYYY-MM-DD".len();
    plain_date.then(|| format!("{text}T00:00:00Z").parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for good in ["a@b.c", "sam+tag@example.co.uk", "jürg@exämple.ch"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.c",
            "a@b",
            "a@.b",
            "a@b.",
            "a@@b.c",
            "a b@c.d",
            "[email protected]",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn moments() {
        let noon = parse_moment("2024-01-15T12:00:00Z").unwrap();
        assert_eq!(parse_moment("2024-01-15T13:00:00+01:00"), Some(noon));
        let day = parse_moment("2024-01-15").unwrap();
        assert_eq!(day.to_string(), "2024-01-15T00:00:00Z");
        for bad in [
            "",
            "soon",
            "2024-13-01",
            "2024-01-15T12:00:00",
            "15/01/2024",
        ] {
            assert_eq!(parse_moment(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses() {
        assert!(is_https("https://example.com/hook?x=1"));
        assert!(
            !is_https("http://example.com") && !is_https("example.com") && !is_https("https://")
        );
        assert!(is_loopback_http("http://127.0.0.1:8080/hook"));
        assert!(!is_loopback_http("http://example.com/127.0.0.1"));
    }
}
