//! The environment variables that the SDK reads, as a value that a client is given.

use std::collections::BTreeMap;
use std::env::VarError;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The variables that the SDK knows, as they were at one moment. A client reads only the environment that it is given. So a
/// language with an environment of its own (JavaScript's `process.env`) passes that one.
#[derive(Clone, Default)]
pub struct Environment {
    /// The variables that are set, empty ones included.
    vars: BTreeMap<&'static str, Value>,
}

/// The value of a variable that is set.
#[derive(Clone)]
enum Value {
    /// Wiped when it is dropped, since it may be a token.
    Text(Zeroizing<String>),
    /// An error only when the variable is read: a client may not need it.
    NotUnicode,
}

/// The process's environment is not to be read, since who set it has fewer rights than the program.
static IS_WITHHELD: AtomicBool = AtomicBool::new(false);

/// The variables that hold a token. No program that the SDK starts is given them.
pub(super) const TOKEN_VARIABLES: &[&str] = &[
    "PENBOX_API_TOKEN",
    "PENBOX_API_TOKEN_PROD",
    "PENBOX_API_TOKEN_STAGING",
    "PENBOX_API_TOKEN_DEV",
];

impl Environment {
    /// Every variable that the SDK reads, in any language. All other variables of an environment are dropped.
    pub const VARIABLES: &'static [&'static str] = &[
        "PENBOX_ENVIRONMENT",
        "PENBOX_API_TOKEN",
        "PENBOX_API_TOKEN_PROD",
        "PENBOX_API_TOKEN_STAGING",
        "PENBOX_API_TOKEN_DEV",
        "PENBOX_API_TOKEN_FILE",
        "PENBOX_BASE_URL",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NODE_EXTRA_CA_CERTS",
        "PENBOX_MAX_THREADS",
    ];

    /// The environment without variables. A client that is built in code reads it.
    pub fn empty() -> Environment {
        Environment::default()
    }

    /// The process's environment, as it is now. No other code of the SDK reads it.
    pub fn of_process() -> Environment {
        let mut vars = BTreeMap::new();
        for name in Self::VARIABLES {
            let value = match std::env::var(name) {
                Ok(text) => Value::Text(Zeroizing::new(text)),
                Err(VarError::NotUnicode(_)) => Value::NotUnicode,
                Err(VarError::NotPresent) => continue,
            };
            vars.insert(*name, value);
        }
        Environment { vars }
    }

    /// The text of one variable of the process, which no client is given. The others are not looked at: one may be a token. An unset,
    /// empty or withheld variable, or one that is not UTF-8, is `None`.
    pub(crate) fn of_process_alone(name: &str) -> Option<String> {
        if IS_WITHHELD.load(Ordering::Relaxed) {
            return None;
        }
        std::env::var(name).ok().filter(|text| !text.is_empty())
    }

    /// Keeps the core from reading variables of the process by itself, from now on: the program runs with raised privileges.
    pub fn withhold() {
        IS_WITHHELD.store(true, Ordering::Relaxed);
    }

    /// The environment of these pairs. Variables that the SDK does not know are dropped.
    pub fn of_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Environment
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        let mut vars = BTreeMap::new();
        for (name, text) in pairs {
            let known = Self::VARIABLES
                .iter()
                .find(|known| **known == name.as_ref());
            if let Some(known) = known {
                vars.insert(*known, Value::Text(Zeroizing::new(text.into())));
            }
        }
        Environment { vars }
    }

    /// A variable's text. An unset or empty variable is `None`.
    pub(crate) fn var(&self, name: &str) -> Result<Option<&str>> {
        // A variable that the list lacks would never be found, and nobody would notice.
        debug_assert!(Self::VARIABLES.contains(&name), "{name} is never kept");
        match self.vars.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) if text.is_empty() => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::NotUnicode) => Err(Error::config(format!(
                "the environment variable {name} is not valid UTF-8"
            ))),
        }
    }
}

/// Prints the names of the variables that are set, and no value: a value may be a token.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.vars.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_variables_are_kept_and_no_value_is_shown() {
        let given = [
            ("PENBOX_API_TOKEN", "pnbx_secret"),
            ("HOME", "/home/secret"),
            ("HTTPS_PROXY", ""),
        ];
        let environment = Environment::of_pairs(given);
        assert_eq!(
            environment.var("PENBOX_API_TOKEN").unwrap(),
            Some("pnbx_secret")
        );
        assert_eq!(environment.var("HTTPS_PROXY").unwrap(), None, "empty");
        assert_eq!(environment.var("ALL_PROXY").unwrap(), None, "unset");
        let shown = format!("{environment:?}");
        assert_eq!(shown, r#"{"HTTPS_PROXY", "PENBOX_API_TOKEN"}"#);
    }
}
