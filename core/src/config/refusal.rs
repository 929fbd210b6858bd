//! The words for settings that are refused.

use super::table::SETTINGS;
use crate::error::Error;

/// A token anywhere but in its own setting would be shown.
pub(super) fn misplaced(name: &str) -> Error {
    Error::config(format!("the setting {name} holds what looks like a token"))
        .with_hint("Give the token as the setting token, and nowhere else.")
}

/// A value of the wrong kind.
pub(super) fn ill_typed(name: &str, wanted: &str) -> Error {
    Error::config(format!("the setting {name} must be {wanted}"))
}

/// What there is to set.
pub(super) fn known_settings() -> String {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    format!("The settings are: {}.", names.join(", "))
}
