//! The errors of settings that are refused.

use super::table::SETTINGS;
use crate::error::{Error, name, named};

/// The error for a token in another setting, where logs and errors would show it.
pub(super) fn misplaced(name: &str) -> Error {
    Error::config(format!(
        "the setting {} holds what looks like a token",
        named(name)
    ))
    .with_hint(concat!(
        "Give the token as the setting ",
        name!("token"),
        ", and nowhere else."
    ))
}

/// The error for a value of the wrong type.
pub(super) fn ill_typed(name: &str, wanted: &str) -> Error {
    Error::config(format!("the setting {} must be {wanted}", named(name)))
}

/// The hint that lists all settings.
pub(super) fn known_settings() -> String {
    let names: Vec<String> = SETTINGS.iter().map(|setting| named(setting.name)).collect();
    format!("The settings are: {}.", names.join(", "))
}
