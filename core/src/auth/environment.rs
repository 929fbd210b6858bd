//! The process's environment, behind a trait so that tests need not change it.

#[cfg(test)]
use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Where settings can be read from besides the code.
pub(crate) trait Environment {
    /// A variable's text. An unset or empty variable is `None`.
    fn var(&self, name: &str) -> Result<Option<String>>;
    /// A file's text.
    fn read(&self, path: &Path) -> Result<String>;
}

/// The real environment.
pub(crate) struct Process;

impl Environment for Process {
    fn var(&self, name: &str) -> Result<Option<String>> {
        match std::env::var(name) {
            Ok(value) if value.is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::config(format!(
                "the environment variable {name} is not valid UTF-8"
            ))),
        }
    }

    fn read(&self, path: &Path) -> Result<String> {
        std::fs::read_to_string(path).map_err(|source| {
            let message =
                format!("the file that PENBOX_API_TOKEN_FILE names cannot be read: {source}");
            Error::new(ErrorKind::Config, message)
                .with_hint(
                    "PENBOX_API_TOKEN_FILE must name a readable text file that holds the token.",
                )
                .with_source(source)
        })
    }
}

/// No environment at all: what a client built in code reads.
pub(crate) struct Nothing;

impl Environment for Nothing {
    fn var(&self, _: &str) -> Result<Option<String>> {
        Ok(None)
    }

    fn read(&self, _: &Path) -> Result<String> {
        Ok(String::new())
    }
}

/// A made-up environment: variables, and files by path.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Fixed {
    pub(crate) vars: BTreeMap<String, String>,
    pub(crate) files: BTreeMap<String, String>,
}

#[cfg(test)]
impl Environment for Fixed {
    fn var(&self, name: &str) -> Result<Option<String>> {
        Ok(self
            .vars
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned())
    }

    fn read(&self, path: &Path) -> Result<String> {
        self.files
            .get(&path.display().to_string())
            .cloned()
            .ok_or_else(|| {
                Error::config(format!("the token file {} cannot be read", path.display()))
            })
    }
}
