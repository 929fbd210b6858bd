//! What a testee does around the call of a case, beside making it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The member `around` of a case. The testee is told it as it stands.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Around {
    /// The client has a callback that gives these tokens in order, the last one again and again. A null gives nothing, and an
    /// empty text is a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Vec<Option<String>>>,
    /// So many calls are made first, whatever comes of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
    /// Then the client is given this token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_token: Option<String>,
    /// Then what the client's cache has is forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_cache: Option<bool>,
    /// The call is made by so many callers at once. They must come to the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once: Option<u32>,
    /// The result is these members of the client's stats, whatever came of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<Vec<String>>,
}

/// What the environment of a case holds: names of variables, and their values.
pub type Environment = BTreeMap<String, String>;

/// The variable for the path of the case's token file, in its environment alone.
pub const TOKEN_FILE: &str = "TOKEN_FILE";

/// Puts the path of the token file into the environment of a case.
#[must_use]
pub fn with_token_file(environment: &Environment, path: &str) -> Environment {
    let variable = format!("${{{TOKEN_FILE}}}");
    let put = |(name, value): (&String, &String)| (name.clone(), value.replace(&variable, path));
    environment.iter().map(put).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_testee_is_told_what_the_case_says_and_no_more() {
        let said = json!({"provider": ["pnbx_a", null], "before": 2, "stats": ["calls"]});
        let around: Around = serde_json::from_value(said.clone()).unwrap();
        assert_eq!(serde_json::to_value(around).unwrap(), said);
        assert!(serde_json::from_value::<Around>(json!({"befor": 2})).is_err());
    }

    #[test]
    fn the_token_file_has_a_path_of_its_own() {
        let said = [("A".to_owned(), "at ${TOKEN_FILE}".to_owned())];
        let put = with_token_file(&said.into(), "/tmp/x");
        assert_eq!(put["A"], "at /tmp/x");
    }
}
