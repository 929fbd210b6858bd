//! The headers of an answer, as a caller reads them.

use std::fmt;
use std::sync::Arc;

/// The headers of an answer, in the order in which the server sent them. A name is found whatever its case.
///
/// The client's token is blanked in every value. Bytes that are no UTF-8 are read as ISO-8859-1.
///
/// ```
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let answer = client.with_response(|client| client.form_templates().steps("client-onboarding"))?;
/// let headers = answer.headers;
/// assert_eq!(headers.get("Content-Type"), Some("application/json; charset=utf-8"));
/// assert_eq!(headers.get_all("X-Request-Id").count(), 1);
/// assert_eq!(headers.iter().count(), headers.len());
/// assert!(!headers.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// Shared: an error can be copied, and the items of a page have one head.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Arc<Vec<(String, String)>>);

impl Headers {
    /// Returns the value of a header; the first one where there are several.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns every value of a header, such as `Set-Cookie`, in the order of the answer.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns every header: its name in lower case, and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The number of headers. A repeated one counts each time.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Reports whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, String)> for Headers {
    /// Collects headers, for a program's own tests. A name is kept in lower case.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(headers: I) -> Self {
        let lower = |(mut name, value): (String, String)| {
            name.make_ascii_lowercase();
            (name, value)
        };
        Headers(Arc::new(headers.into_iter().map(lower).collect()))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names alone: a value may be a cookie, and `Debug` ends up in logs.
        let names = self.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_whatever_its_case_and_debug_shows_no_value() {
        let pairs = [("Set-Cookie", "a=1"), ("x-id", "7"), ("set-cookie", "b=2")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers: Headers = pairs.into_iter().collect();
        assert_eq!(headers.get("SET-cookie"), Some("a=1"));
        assert_eq!(
            headers.get_all("set-cookie").collect::<Vec<_>>(),
            ["a=1", "b=2"]
        );
        assert_eq!(headers.get("x-none"), None);
        assert_eq!((headers.len(), headers.is_empty()), (3, false));
        assert_eq!(
            format!("{headers:?}"),
            r#"["set-cookie", "x-id", "set-cookie"]"#
        );
    }
}
