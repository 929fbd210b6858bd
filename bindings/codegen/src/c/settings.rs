//! `ffi/src/settings.rs`: a setter a setting.

use super::doc;
use crate::file::{File, MARK};
use crate::spec::{Setting, Spec};
use crate::wrap::wrap;

/// The module of setters.
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
    for setting in spec.settings.iter().filter(|one| has_setter(one)) {
        text.push('\n');
        text.push_str(&setter(setting));
    }
    File::new("ffi/src/settings.rs", text)
}

/// Reports whether a setting's setter is generated. One for a function takes its pointer, too, and is written by hand.
pub(super) fn has_setter(setting: &Setting) -> bool {
    setting.kind != "callback"
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
        // A list is written as JSON.
        "text" | "words" => None,
        "flag" => Some(("bool", "bool")),
        // Only sizes in bytes can be beyond 32 bits.
        "integer" if !setting.name.ends_with("_bytes") => Some(("u32", "std::uint32_t")),
        _ => Some(("u64", "std::uint64_t")),
    }
}

/// The setter of a setting.
fn setter(setting: &Setting) -> String {
    let name = name(setting);
    let unit = match setting.kind.as_str() {
        "duration" => " In milliseconds.",
        _ => "",
    };
    let about = format!("{}{unit} Default: {}.", setting.doc, setting.default);
    let comment = doc::comment("///", &wrap(&about, 116, "", ""));
    let (start, ty, body) = match types(setting) {
        Some((ty, _)) => (
            "pub",
            ty,
            format!("    config_set::plain(config, \"{name}\", value)\n"),
        ),
        None => (
            "pub unsafe",
            "*const c_char",
            format!(
                "    // SAFETY: the caller passes NULL or a C string.
    unsafe {{ config_set::text(config, \"{name}\", value) }}\n"
            ),
        ),
    };
    let signature = signature(
        &format!("{start} extern \"C\" fn penbox_config_set_{name}"),
        &["config: Option<&mut Config>", &format!("value: {ty}")],
    );
    format!("{comment}#[unsafe(no_mangle)]\n{signature} {{\n{body}}}\n")
}

/// The start of a function that gives a status, laid out as rustfmt would.
fn signature(start: &str, arguments: &[&str]) -> String {
    let line = format!("{start}({}) -> Status", arguments.join(", "));
    // rustfmt's `max_width`.
    match line.len() + " {".len() <= 100 {
        true => line,
        false => format!("{start}(\n    {},\n) -> Status", arguments.join(",\n    ")),
    }
}
