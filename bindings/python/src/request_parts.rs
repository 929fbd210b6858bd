//! The parts of a request that no operation makes, beside its method and path.

use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::input::{self, Fault};

/// The parts as Python gives them.
pub(crate) struct RequestParts<'a, 'py> {
    pub(crate) query: Option<&'a Bound<'py, PyAny>>,
    pub(crate) body: Option<&'a Bound<'py, PyAny>>,
    pub(crate) safe: Option<&'a Bound<'py, PyAny>>,
    pub(crate) headers: Option<&'a Bound<'py, PyAny>>,
}

impl RequestParts<'_, '_> {
    /// The parts as a JSON object.
    pub(crate) fn object(&self) -> Result<Value, Fault> {
        let mut parts = Map::new();
        for (name, part) in [("query", self.query), ("headers", self.headers)] {
            if let Some(part) = input::given(part) {
                parts.insert(name.to_owned(), input::object(name, part)?.into());
            }
        }
        for (name, part) in [("body", self.body), ("safe", self.safe)] {
            if let Some(part) = input::given(part) {
                parts.insert(name.to_owned(), input::value("parameter", name, part)?);
            }
        }
        Ok(Value::Object(parts))
    }
}
