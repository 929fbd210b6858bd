//! Options of a call under their names in this language.

use penbox_core::{CallOptions, Error};
use serde_json::{Map, Value};

/// Reads options from a JSON object; empty text gives the defaults. Answers are wanted as text: JavaScript parses them.
pub(crate) fn read(json: &str) -> Result<CallOptions, Error> {
    if json.is_empty() {
        return Ok(CallOptions::new().as_text());
    }
    let Ok(given) = serde_json::from_str::<Map<String, Value>>(json) else {
        return Err(Error::invalid_argument("the options must be an object"));
    };
    let spelled = given.into_iter().map(|(name, value)| {
        let name = match name.as_str() {
            "timeoutMs" => "timeout_ms".to_owned(),
            "timeout_ms" => "timeout_ms (it is timeoutMs)".to_owned(),
            _ => name,
        };
        (name, value)
    });
    let options: Map<String, Value> = spelled.collect();
    CallOptions::from_json(&Value::Object(options).to_string()).map(CallOptions::as_text)
}
