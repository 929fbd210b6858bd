//! Names: from the contract's to TypeScript's.

use crate::spec::Setting;

/// `downloadPdf` for `download_pdf`.
pub(crate) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut letters = pascal.chars();
    match letters.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + letters.as_str(),
        None => pascal,
    }
}

/// `FormTemplates` for `form_templates`.
pub(crate) fn pascal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for part in name.split('_') {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// `timeoutMs` for the setting `timeout`.
pub(super) fn setting(setting: &Setting) -> String {
    let unit = if setting.kind == "duration" { "Ms" } else { "" };
    camel(&setting.name) + unit
}

/// A property under the wire's name, quoted where it is no identifier.
pub(super) fn property(name: &str) -> String {
    match is_identifier(name) {
        true => name.to_owned(),
        false => format!("{name:?}"),
    }
}

/// The identifier that a parameter answers to as well, where the wire's name is none: `group_by` for `group-by`.
pub(super) fn alias(name: &str) -> Option<String> {
    (!is_identifier(name)).then(|| name.replace('$', "").replace('-', "_"))
}

/// Tells whether TypeScript takes a name without quotes. ASCII only: the API has no other names.
fn is_identifier(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(letter)
}
