//! The counts and the events as JSON, with the names of a language, for the bindings.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::snapshot::{OperationStats, Stats};
use crate::language::Language;

/// An object with the names of a language.
pub(crate) struct Report {
    language: Language,
    members: Map<String, Value>,
}

impl Report {
    pub(crate) fn new(language: Language) -> Report {
        Report {
            language,
            members: Map::new(),
        }
    }

    /// Adds a member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Report {
        self.members
            .insert(self.language.member(name), value.into());
        self
    }

    /// Adds a duration: seconds in Python, milliseconds with the unit in the name elsewhere.
    pub(crate) fn duration(mut self, name: &str, value: Option<Duration>) -> Report {
        let (name, value) = self.language.duration(name, value);
        self.members.insert(name, value);
        self
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.members)
    }
}

impl Stats {
    /// The counts as JSON, with the names and the units of a language.
    #[doc(hidden)]
    pub fn to_json(&self, language: Language) -> Value {
        let operations = self.operations.iter();
        let operations: Map<String, Value> = operations
            .map(|(id, stats)| (language.operation(id).into_owned(), stats.to_json(language)))
            .collect();
        let rates = self.rate_left.iter().map(|rate| {
            Report::new(language)
                .with("requests", rate.requests)
                .duration("window", Some(rate.window))
                .with("left", rate.left)
                .into_value()
        });
        let deprecations = self.deprecations.iter().map(|one| {
            Report::new(language)
                .with("operation", language.operation(one.operation))
                .with("deprecated", one.deprecated.clone())
                .with("sunset", one.sunset.clone())
                .into_value()
        });
        let unusual: Vec<&str> = self.unusual.iter().map(|rule| rule.name()).collect();
        Report::new(language)
            .with("token_fingerprint", self.token_fingerprint.clone())
            .with("token_name", self.token_name.clone())
            .with("clients", self.clients)
            .with("since", self.since())
            .with("last_used_at", self.last_used_at())
            .with("calls", self.calls)
            .with("attempts", self.attempts)
            .with("repeats", self.repeats)
            .with("rate_limited", self.rate_limited)
            .with("waits", self.waits)
            .duration("waited", Some(self.waited))
            .with("bytes_sent", self.bytes_sent)
            .with("bytes_received", self.bytes_received)
            .with("errors", json!(self.errors))
            .with("operations", operations)
            .with("hook_errors", self.hook_errors)
            .with("alerts", self.alerts)
            .with("unusual", unusual)
            .with("deprecations", deprecations.collect::<Vec<_>>())
            .duration("paused_for", self.paused_for)
            .with("rate_left", rates.collect::<Vec<_>>())
            .into_value()
    }
}

impl OperationStats {
    fn to_json(&self, language: Language) -> Value {
        let ends = Self::STEPS.iter().copied().map(Some).chain([None]);
        let steps = ends.zip(&self.histogram).map(|(end, count)| {
            Report::new(language)
                .duration("up_to", end)
                .with("calls", *count)
                .into_value()
        });
        Report::new(language)
            .with("calls", self.calls)
            .with("errors", self.errors)
            .duration("total", Some(self.total))
            .duration("max", Some(self.max))
            .with("histogram", steps.collect::<Vec<_>>())
            .into_value()
    }
}
