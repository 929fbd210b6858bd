//! Settings, from JavaScript's names (camelCase, durations with `Ms`) to the core's.

use penbox_core::bindings::{Environment, Language, SETTINGS, SettingKind};
use penbox_core::{Client, ClientBuilder};
use serde_json::{Map, Value};

use crate::{fault, watch};

/// A builder with the settings, or the payload of the error. `with_provider` adds the function that gives the token, if there is one. `settings` is a JSON object. Settings that are not given are read from `environment`,
/// names and values in turn: `process.env`, which in a worker or a test runner differs from the environment of the process.
pub(crate) fn builder(
    settings: &str,
    environment: Vec<String>,
    with_provider: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<ClientBuilder, String> {
    let Ok(settings) = serde_json::from_str::<Map<String, Value>>(settings) else {
        return Err(fault::setting(
            "the settings must be an object",
            "Write new Penbox({ token }), or new Penbox() with PENBOX_API_TOKEN set.",
        ));
    };
    let mut builder = Client::builder()
        .language("node")
        .with_environment(pairs(environment));
    for (name, value) in settings {
        let Some(setting) = SETTINGS
            .iter()
            .find(|setting| spelled(setting.name) == name)
        else {
            return Err(unknown(&name));
        };
        // The core takes durations in milliseconds under a name that says so.
        let name = match setting.kind {
            SettingKind::Duration => format!("{}_ms", setting.name),
            _ => setting.name.to_owned(),
        };
        builder = builder.set(&name, value);
    }
    Ok(with_provider(builder))
}

/// The environment of names and values in turn.
pub(crate) fn pairs(flat: Vec<String>) -> Environment {
    let (mut flat, mut pairs) = (flat.into_iter(), Vec::new());
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        pairs.push((name, value));
    }
    Environment::of_pairs(pairs)
}

/// The payload of the error for an unknown setting.
fn unknown(name: &str) -> String {
    // An unknown name may be any text of any length, and the message stays readable.
    let shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    // Pushed one by one: LLVM takes far too long over a `join` of so many constant lengths, each checked for overflow.
    let mut hint = "The settings are".to_owned();
    for (place, setting) in SETTINGS.iter().enumerate() {
        hint.push_str(if place == 0 { ": " } else { ", " });
        hint.push_str(&spelled(setting.name));
    }
    for name in watch::names() {
        hint.push_str(", ");
        hint.push_str(&name);
    }
    hint.push('.');
    fault::setting(&format!("there is no setting {shown}"), &hint)
}

/// The name of a setting in JavaScript: `timeoutMs` for `timeout`.
fn spelled(setting: &str) -> String {
    Language::Node.setting(setting)
}
