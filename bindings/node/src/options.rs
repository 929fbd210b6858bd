//! Options of a call, from JavaScript's names to the core's.

use penbox_core::{CallOptions, CancelToken, Error};
use serde_json::{Map, Value};

/// The names in JavaScript and in the core of options that differ in them.
const NAMES: [(&str, &str); 3] = [
    ("timeoutMs", "timeout_ms"),
    ("maxAttempts", "max_attempts"),
    ("retryUnsafe", "retry_unsafe"),
];

/// Reads options from a JSON object; empty text means the defaults. Fails with an `InvalidArgument` error. Answers stay text, for
/// `JSON.parse` makes values of them faster than this addon could.
pub(crate) fn read(json: &str, cancel: Option<&CancelToken>) -> Result<CallOptions, Error> {
    let options = changes(json)?.as_text();
    Ok(match cancel {
        Some(token) => options.cancel(token),
        None => options,
    })
}

fn changes(json: &str) -> Result<CallOptions, Error> {
    if json.is_empty() {
        return Ok(CallOptions::new());
    }
    // JavaScript writes the text itself, so text that does not fit is a value of another type, never broken JSON.
    let Ok(given) = serde_json::from_str::<Map<String, Value>>(json) else {
        return Err(Error::invalid_argument("the options must be an object"));
    };
    let spelled = given.into_iter().map(|(name, value)| {
        let own = NAMES.iter().find(|(own, _)| *own == name);
        let core = NAMES.iter().find(|(_, core)| *core == name);
        let name = match (own, core) {
            (Some((_, core)), _) => (*core).to_owned(),
            // The core refuses this name, and its message tells the right one.
            (None, Some((own, core))) => format!("{core} (it is {own})"),
            (None, None) => name,
        };
        (name, value)
    });
    let options: Map<String, Value> = spelled.collect();
    CallOptions::from_json(&Value::Object(options).to_string())
}
