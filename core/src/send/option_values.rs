//! The values of a call's options: how they are judged, and read from JSON.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::Value;

use super::given::json_object;
use super::options::CallOptions;
use crate::error::{Error, Result, name, named};

/// The time limits that another language may give a call: at most 24 hours, as the client's, so that no deadline overflows.
const TIMEOUTS: RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(24 * 60 * 60);
/// The numbers of attempts that a call may have. Each waits longer than the one before, so more than 100 would only hide a mistake.
const ATTEMPTS: RangeInclusive<u32> = 1..=100;

impl CallOptions {
    /// Refuses limits of nothing, and numbers that only a mistake explains. A client refuses the same in its settings. A time that the
    /// clock does not reach is no mistake: `Duration::MAX` says that there is no limit.
    pub(crate) fn judge(&self) -> Result<()> {
        if self.timeout.is_some_and(|limit| limit < *TIMEOUTS.start()) {
            return Err(bad_timeout());
        }
        if self
            .max_attempts
            .is_some_and(|most| !ATTEMPTS.contains(&most))
        {
            return Err(bad_attempts());
        }
        Ok(())
    }

    /// Reads options from a JSON object: `timeout_ms`, `max_attempts`, `retry_unsafe`, `fresh`, `headers`, `query`, `body`. The
    /// bindings call it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) where a name is unknown or a value has the wrong type.
    #[doc(hidden)]
    pub fn from_json(json: &str) -> Result<CallOptions> {
        let mut options = CallOptions::new();
        for (name, value) in json_object(json, "options")? {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("timeout_ms", value) => options.timeout = Some(milliseconds(&value)?),
                ("max_attempts", value) => options.max_attempts = Some(attempts(&value)?),
                ("retry_unsafe", Value::Bool(repeat)) => options.retry_unsafe = Some(repeat),
                ("fresh", Value::Bool(fresh)) => options.fresh = Some(fresh),
                (name @ ("retry_unsafe" | "fresh"), _) => {
                    return Err(Error::invalid_argument(format!(
                        "the option {} must be true or false",
                        named(&format!("option.{name}"))
                    )));
                }
                ("headers", Value::Object(headers)) => {
                    for (name, value) in headers {
                        let Value::String(value) = value else {
                            return Err(Error::invalid_argument(
                                "the value of an extra header must be text",
                            ));
                        };
                        options = options.header(name, value);
                    }
                }
                ("query", Value::Object(query)) => options.query = query,
                ("body", Value::Object(body)) => options.body = body,
                (name @ ("headers" | "query" | "body"), _) => {
                    return Err(Error::invalid_argument(format!(
                        "the option {} must be an object",
                        named(&format!("option.{name}"))
                    )));
                }
                (name, _) => {
                    let name = crate::error::printable(name, 64);
                    return Err(
                        Error::invalid_argument(format!("there is no option {name}")).with_hint(
                            concat!(
                                "The options of a call are: ",
                                name!("option.timeout"),
                                ", ",
                                name!("option.max_attempts"),
                                ", ",
                                name!("option.retry_unsafe"),
                                ", ",
                                name!("option.fresh"),
                                ", ",
                                name!("option.headers"),
                                ", ",
                                name!("option.query"),
                                ", ",
                                name!("option.body"),
                                "."
                            ),
                        ),
                    );
                }
            }
        }
        Ok(options)
    }
}

/// The value of `timeout_ms`.
fn milliseconds(value: &Value) -> Result<Duration> {
    value
        .as_u64()
        .map(Duration::from_millis)
        .filter(|limit| TIMEOUTS.contains(limit))
        .ok_or_else(bad_timeout)
}

fn bad_timeout() -> Error {
    Error::invalid_argument(concat!(
        "the option ",
        name!("option.timeout"),
        " must be a duration from 1 ms to 24 h"
    ))
}

/// The value of `max_attempts`.
fn attempts(value: &Value) -> Result<u32> {
    let found = value.as_u64().and_then(|count| u32::try_from(count).ok());
    found
        .filter(|count| ATTEMPTS.contains(count))
        .ok_or_else(bad_attempts)
}

fn bad_attempts() -> Error {
    Error::invalid_argument(concat!(
        "the option ",
        name!("option.max_attempts"),
        " must be a whole number from 1 to 100"
    ))
}
