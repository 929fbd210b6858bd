//! The settings of a verifier, from JavaScript's names to the core's.

use std::time::Duration;

use penbox_core::webhook::{Verifier, VerifierBuilder};
use serde_json::{Map, Value};

use crate::{fault, settings};

/// The names of the settings, in JavaScript. `network` and `clock` come beside the JSON object.
const NAMES: [&str; 10] = [
    "keys",
    "keysUrl",
    "issuer",
    "algorithms",
    "method",
    "leewayMs",
    "timeoutMs",
    "rememberDeliveries",
    "network",
    "clock",
];

/// A builder with the settings, or the payload of the error. `settings` is a JSON object; `network` is one of a client's settings, for
/// the requests for keys.
pub(crate) fn builder(
    url: String,
    settings: &str,
    network: &str,
    environment: Vec<String>,
) -> Result<VerifierBuilder, String> {
    let Ok(given) = serde_json::from_str::<Map<String, Value>>(settings) else {
        return Err(fault::setting(
            "the settings of a verifier must be an object",
            "Write new WebhookVerifier(url, { keysUrl }), or new WebhookVerifier(url).",
        ));
    };
    let network = settings::builder(network, environment, |builder| builder)?;
    given
        .into_iter()
        .try_fold(Verifier::builder(url).network(network), set)
}

/// The builder with one setting.
fn set(
    builder: VerifierBuilder,
    (name, value): (String, Value),
) -> Result<VerifierBuilder, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (given, wanted) = match name.as_str() {
        "keys" => (
            text(&value).map(|text| builder.keys(text)),
            "text or an object",
        ),
        "keysUrl" => (text(&value).map(|text| builder.keys_url(text)), "text"),
        "issuer" => (text(&value).map(|text| builder.issuer(text)), "text"),
        "method" => (text(&value).map(|text| builder.method(text)), "text"),
        "algorithms" => {
            let names = value.as_array().map(|names| names.iter().map(text));
            let names: Option<Vec<String>> = names.and_then(Iterator::collect);
            (
                names.map(|names| builder.algorithms(names)),
                "a list of texts",
            )
        }
        "leewayMs" => (
            duration(&value).map(|time| builder.leeway(time)),
            "a number of milliseconds, zero or more",
        ),
        "timeoutMs" => (
            duration(&value).map(|time| builder.timeout(time)),
            "a number of milliseconds, zero or more",
        ),
        "rememberDeliveries" => (
            value.as_bool().map(|wanted| match wanted {
                true => builder.remember_deliveries(),
                false => builder,
            }),
            "true, or a store: an object with the functions add and remove",
        ),
        _ => return Err(unknown(&name)),
    };
    given.ok_or_else(|| {
        fault::setting(
            &format!("the verifier's setting {name} must be {wanted}"),
            "Leave it out if you do not need it.",
        )
    })
}

/// A number of milliseconds.
fn duration(value: &Value) -> Option<Duration> {
    let milliseconds = value.as_f64().filter(|number| *number >= 0.0)?;
    Some(Duration::from_micros((milliseconds * 1000.0) as u64))
}

/// The payload of the error for an unknown setting.
fn unknown(name: &str) -> String {
    let shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    fault::setting(
        &format!("a verifier has no setting {shown}"),
        &format!("Its settings are {}.", NAMES.join(", ")),
    )
}
