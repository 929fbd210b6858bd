//! `ffi/src/settings.rs`: a setter a setting.

use super::{MARK, doc};
use crate::file::File;
use crate::spec::{Setting, Spec};

pub(super) fn file(spec: &Spec) -> File {
    let mut text = format!(
        "//! A setter a setting. {MARK}

#![expect(unsafe_code, reason = \"exported names, and text from C\")]

use std::ffi::c_char;

use crate::config::Config;
use crate::config_set;
use crate::status::Status;
"
    );
    for setting in &spec.settings {
        text.push('\n');
        text.push_str(&setter(setting));
    }
    File::new("ffi/src/settings.rs", text)
}

/// The setting's name as JSON has it, with the unit of durations.
pub(super) fn name(setting: &Setting) -> String {
    match setting.kind.as_str() {
        "duration" => format!("{}_ms", setting.name),
        _ => setting.name.clone(),
    }
}

/// The types of Rust and C++ for a setting's value; text has none.
pub(super) fn types(setting: &Setting) -> Option<(&'static str, &'static str)> {
    match setting.kind.as_str() {
        "text" => None,
        "flag" => Some(("bool", "bool")),
        "integer" if !setting.name.ends_with("_bytes") => Some(("u32", "std::uint32_t")),
        _ => Some(("u64", "std::uint64_t")),
    }
}

fn setter(setting: &Setting) -> String {
    let name = name(setting);
    let unit = match setting.kind.as_str() {
        "duration" => " In milliseconds.",
        _ => "",
    };
    let about = format!("{}{unit} Default: {}.", setting.doc, setting.default);
    let comment = doc::comment("///", &doc::wrap(&about, 116, 0));
    match types(setting) {
        Some((ty, _)) => format!(
            "{comment}#[unsafe(no_mangle)]
pub extern \"C\" fn penbox_config_set_{name}(
    config: Option<&mut Config>,
    value: {ty},
) -> Status {{
    config_set::plain(config, \"{name}\", value)
}}
"
        ),
        None => format!(
            "{comment}#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn penbox_config_set_{name}(
    config: Option<&mut Config>,
    value: *const c_char,
) -> Status {{
    // SAFETY: the caller passes NULL or a C string.
    unsafe {{ config_set::text(config, \"{name}\", value) }}
}}
"
        ),
    }
}
