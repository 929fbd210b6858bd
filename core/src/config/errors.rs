//! The words for settings that are refused.

use super::table::SETTINGS;
use crate::error::{Error, name, named};

/// A token anywhere but in its own setting would be shown.
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

/// A value of the wrong kind.
pub(super) fn ill_typed(name: &str, wanted: &str) -> Error {
    Error::config(format!("the setting {} must be {wanted}", named(name)))
}

/// What there is to set.
pub(super) fn known_settings() -> String {
    let names: Vec<String> = SETTINGS.iter().map(|setting| named(setting.name)).collect();
    format!("The settings are: {}.", names.join(", "))
}
