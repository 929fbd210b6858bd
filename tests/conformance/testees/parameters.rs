//! The parameters of a call, as its line gives them.

use serde_json::{Map, Value};

/// The parameters of a call that no argument was made of yet.
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// All parameters of a line.
    pub(crate) fn new(members: &Map<String, Value>) -> Parameters {
        Parameters(members.clone())
    }

    /// Takes the values of the path. One that is missing or no text is empty: a Rust caller cannot leave it out.
    pub(crate) fn path<const N: usize>(&mut self, names: [&str; N]) -> [String; N] {
        names.map(|name| {
            let value = self.0.remove(name);
            let text = value.as_ref().and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        })
    }

    /// What is left, as the text that the `from_json` of a parameter type reads.
    pub(crate) fn rest(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}
