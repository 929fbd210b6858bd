//! The values of a builder, each as the type that its setting has.

use std::time::Duration;

use serde_json::Value;

use crate::auth::PREFIX;
use crate::error::Result;

use super::builder::ClientBuilder;
use super::errors::{ill_typed, misplaced};

/// The longest duration of a setting. The bound refuses a number in a wrong unit, such as microseconds,
/// which would make a call wait for ever.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl ClientBuilder {
    /// A setting of text. A token in it is refused, since settings are shown in errors and reports.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>> {
        match self.values.get(name) {
            None => Ok(None),
            // `BaseUrl::parse` validates the address first: its message about a user name in it is the better one.
            Some(Value::String(text)) if name != "base_url" && text.contains(PREFIX) => {
                Err(misplaced(name))
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(ill_typed(name, "text")),
        }
    }

    /// One line of text for a header or a report. `user_agent_suffix` is ASCII, since it goes into a header.
    pub(super) fn line(&self, name: &str) -> Result<Option<String>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let fits =
            text.len() <= 256 && !text.trim().is_empty() && !text.chars().any(char::is_control);
        if !fits || (name == "user_agent_suffix" && !text.is_ascii()) {
            return Err(ill_typed(name, "one printable line of at most 256 bytes"));
        }
        Ok(Some(text.trim().to_owned()))
    }

    /// A flag, false unless it is set.
    pub(super) fn flag(&self, name: &str) -> Result<bool> {
        match self.values.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(ill_typed(name, "true or false")),
        }
    }

    /// A whole number within limits, or the default.
    pub(super) fn integer(&self, name: &str, default: u64, least: u64, most: u64) -> Result<u64> {
        match self.values.get(name) {
            None => Ok(default),
            Some(value) => value
                .as_u64()
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| ill_typed(name, &format!("a whole number from {least} to {most}"))),
        }
    }

    /// A duration from a millisecond to a day, or the default.
    pub(super) fn duration(&self, name: &str, default_seconds: u64) -> Result<Duration> {
        self.integer(name, default_seconds * 1000, 1, DAY_MS)
            .map(Duration::from_millis)
            .map_err(|_| ill_typed(name, "a duration from 1 ms to 24 h"))
    }

    /// A duration that may be zero.
    pub(super) fn wait(&self, name: &str, default_seconds: u64) -> Result<Duration> {
        self.integer(name, default_seconds * 1000, 0, DAY_MS)
            .map(Duration::from_millis)
            .map_err(|_| ill_typed(name, "a duration from 0 to 24 h"))
    }
}
