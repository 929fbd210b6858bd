//! The events as JSON, with the names of a language, for the bindings.

use serde_json::Value;

use super::events::{RequestEvent, ResponseEvent, RetryEvent, Target};
use crate::language::Language;
use crate::stats::{Alert, Report};

impl Target {
    fn report(&self, language: Language, attempt: u32) -> Report {
        Report::new(language)
            .with("operation", language.operation(self.operation))
            .with("method", self.method)
            .with("path", self.path)
            .with("attempt", attempt)
    }
}

impl RequestEvent {
    /// The members as JSON, with the names of a language.
    #[doc(hidden)]
    pub fn to_json(&self, language: Language) -> Value {
        self.target.report(language, self.attempt).into_value()
    }
}

impl ResponseEvent {
    /// The members as JSON, with the names and the units of a language.
    #[doc(hidden)]
    pub fn to_json(&self, language: Language) -> Value {
        self.target
            .report(language, self.attempt)
            .with("http_status", self.http_status)
            .with("request_id", self.request_id.clone())
            .duration("elapsed", Some(self.elapsed))
            .duration("retry_after", self.retry_after)
            .with("error", self.error().map(|kind| kind.name()))
            .with("outcome", self.outcome().map(|outcome| outcome.name()))
            .into_value()
    }
}

impl RetryEvent {
    /// The members as JSON, with the names and the units of a language.
    #[doc(hidden)]
    pub fn to_json(&self, language: Language) -> Value {
        self.target
            .report(language, self.attempt)
            .duration("wait", Some(self.wait))
            .with("error", self.error.name())
            .with("reason", self.reason)
            .with("http_status", self.http_status)
            .into_value()
    }
}

impl Alert {
    /// The members as JSON, with the names of a language.
    #[doc(hidden)]
    pub fn to_json(&self, language: Language) -> Value {
        Report::new(language)
            .with("rule", self.rule.name())
            .with("count", self.count)
            .with("usual", self.usual)
            .with("message", self.to_string())
            .into_value()
    }
}
