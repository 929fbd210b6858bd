//! The contract that the core wrote down: which operations and which kinds of error there are.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The parts of `operations.json` and `errors.json` that the runner needs.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    /// The ids of the operations.
    pub operations: Vec<String>,
    /// The kinds of error.
    pub kinds: Vec<Kind>,
}

/// One kind of error.
#[derive(Debug, Clone, Deserialize)]
pub struct Kind {
    /// Its name: `rate_limit`.
    pub kind: String,
    /// Its class in Python and Node: `RateLimitError`.
    pub class: String,
}

#[derive(Deserialize)]
struct Operations {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
}

#[derive(Deserialize)]
struct Errors {
    kinds: Vec<Kind>,
}

impl Spec {
    /// Reads the two files of a folder.
    ///
    /// # Errors
    /// Names the file that is missing, not JSON, or empty.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let operations: Operations = read(&folder.join("operations.json"))?;
        let errors: Errors = read(&folder.join("errors.json"))?;
        if operations.operations.is_empty() || errors.kinds.is_empty() {
            return Err(format!("{}: no operations or no kinds", folder.display()));
        }
        Ok(Self {
            operations: operations
                .operations
                .into_iter()
                .map(|operation| operation.id)
                .collect(),
            kinds: errors.kinds,
        })
    }

    #[cfg(test)]
    pub(crate) fn of(operations: &[&str], kinds: &[(&str, &str)]) -> Self {
        let kind = |(kind, class): &(&str, &str)| Kind {
            kind: (*kind).to_owned(),
            class: (*class).to_owned(),
        };
        Self {
            operations: operations.iter().map(|id| (*id).to_owned()).collect(),
            kinds: kinds.iter().map(kind).collect(),
        }
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}
