use crate::error::ApiError;
use crate::ids;

/// The decoded query of a request.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        Self { pairs }
    }

    /// A parameter that has one value. Given twice it is refused, so that a client's slip shows (inferred).
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut values = self.pairs.iter().filter(|(key, _)| key == name);
        let first = values.next();
        if values.next().is_some() {
            return Err(ApiError::bad_request(format!("{name} is given twice")));
        }
        Ok(first.map(|(_, value)| value.as_str()))
    }

    /// A parameter of several values: repeated, `name[]`, `name[0]`, or with commas (encoding unstated; inferred).
    pub(crate) fn many(&self, name: &str) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|(key, _)| key.strip_prefix(name).is_some_and(is_index))
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.one(name)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(ApiError::bad_request(format!(
                "{name} must be true or false"
            ))),
        }
    }

    pub(crate) fn uuid(&self, name: &str) -> Result<Option<String>, ApiError> {
        let Some(text) = self.one(name)? else {
            return Ok(None);
        };
        match ids::parse_uuid(text) {
            Some(id) => Ok(Some(id)),
            None => Err(ApiError::bad_request(format!("{name} must be a UUID"))),
        }
    }
}

/// What may follow the name of an array: nothing, `[]` or `[digits]`.
fn is_index(rest: &str) -> bool {
    rest.is_empty()
        || rest
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}
