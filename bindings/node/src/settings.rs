//! Settings under their names in this language: camelCase, durations with `Ms`.

use penbox_core::{Client, SETTINGS, Setting, SettingKind};
use serde_json::{Map, Value};

use crate::fault;

/// A client on settings given as a JSON object; the environment is read for what is not given. Else the error's payload.
pub(crate) fn client(settings: &str) -> Result<Client, String> {
    let Ok(settings) = serde_json::from_str::<Map<String, Value>>(settings) else {
        return Err(fault::setting(
            "the settings must be an object",
            "Write new Penbox({ token }), or new Penbox() with PENBOX_API_TOKEN set.",
        ));
    };
    let mut builder = Client::builder().language("node").use_environment();
    for (name, value) in settings {
        let Some(setting) = SETTINGS.iter().find(|setting| spelled(setting) == name) else {
            return Err(unknown(&name));
        };
        let name = match setting.kind {
            SettingKind::Duration => format!("{}_ms", setting.name),
            _ => setting.name.to_owned(),
        };
        builder = builder.set(&name, value);
    }
    builder.build().map_err(|error| fault::json(&error))
}

fn unknown(name: &str) -> String {
    let shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    // Not joined: the sum of so many lengths, each checked, keeps LLVM busy for longer than anyone waits.
    let mut hint = "The settings are".to_owned();
    for (place, setting) in SETTINGS.iter().enumerate() {
        hint.push_str(if place == 0 { ": " } else { ", " });
        hint.push_str(&spelled(setting));
    }
    hint.push('.');
    fault::setting(&format!("there is no setting {shown}"), &hint)
}

/// `timeoutMs` for the setting `timeout`.
fn spelled(setting: &Setting) -> String {
    let mut name = String::with_capacity(setting.name.len() + 2);
    let mut parts = setting.name.split('_');
    name.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    if setting.kind == SettingKind::Duration {
        name.push_str("Ms");
    }
    name
}
