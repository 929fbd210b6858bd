//! The options of a call: those of a client made by `with_options`, and over them those of the call itself.

use penbox_core::{CallOptions, CancelToken};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::input::{Fault, given};
use crate::{cancel, input};

/// Options in the core's JSON form, and the token, which has none.
#[derive(Clone, Default)]
pub(crate) struct Options {
    members: Map<String, Value>,
    cancel: Option<CancelToken>,
}

impl Options {
    /// These options with others over them. None and `NOT_GIVEN` change nothing; `timeout` is in seconds. Members of
    /// `headers`, `query` and `body` are joined, and the later one of the same name holds.
    pub(crate) fn with(
        &self,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
    ) -> Result<Options, Fault> {
        let mut all = self.members.clone();
        let cancel = match given(cancel) {
            Some(given) => Some(cancel::token(given)?),
            None => self.cancel.clone(),
        };
        if let Some(timeout) = given(timeout) {
            let limit = input::value("option", "timeout", timeout)?;
            all.insert("timeout_ms".to_owned(), milliseconds(limit));
        }
        for (name, option) in [("headers", headers), ("query", query), ("body", body)] {
            let Some(option) = given(option) else {
                continue;
            };
            let option = input::object(name, option)?;
            // Members are joined, so that a client's own headers are not lost with the first of a call.
            let members = all.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(members) = members {
                // Names of headers ignore case, so `Accept` must replace `accept`.
                members.extend(option.into_iter().map(|(member, value)| match name {
                    "headers" => (member.to_ascii_lowercase(), value),
                    _ => (member, value),
                }));
            }
        }
        Ok(Options {
            members: all,
            cancel,
        })
    }

    /// These options with those that only a client has. None and `NOT_GIVEN` change nothing.
    pub(crate) fn with_own(
        mut self,
        max_attempts: Option<&Bound<'_, PyAny>>,
        retry_unsafe: Option<&Bound<'_, PyAny>>,
        fresh: Option<&Bound<'_, PyAny>>,
    ) -> Result<Options, Fault> {
        for (name, option) in [
            ("max_attempts", max_attempts),
            ("retry_unsafe", retry_unsafe),
            ("fresh", fresh),
        ] {
            if let Some(option) = given(option) {
                let value = input::value("option", name, option)?;
                self.members.insert(name.to_owned(), value);
            }
        }
        Ok(self)
    }

    /// The options as the core's own type, which validates them.
    pub(crate) fn validated(&self) -> Result<CallOptions, Fault> {
        let options = match self.members.is_empty() {
            true => CallOptions::new(),
            false => CallOptions::from_json(&Value::Object(self.members.clone()).to_string())?,
        };
        Ok(match &self.cancel {
            Some(token) => options.cancel(token),
            None => options,
        })
    }
}

/// Seconds as whole milliseconds. A positive duration is at least one, for 0 would mean no time at all. A value that is no
/// duration stays as it is, and the core refuses it.
pub(crate) fn milliseconds(seconds: Value) -> Value {
    match seconds.as_f64() {
        Some(seconds) if seconds > 0.0 => (((seconds * 1000.0).round() as u64).max(1)).into(),
        Some(0.0) => 0.into(),
        _ => seconds,
    }
}
