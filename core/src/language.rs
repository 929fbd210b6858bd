//! The languages of the packages: messages and hints use the words that a package's callers write.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

/// A language with a package of this SDK.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The crate itself.
    #[default]
    Rust,
    /// C, and C++ above it.
    C,
    /// Python.
    Python,
    /// JavaScript and TypeScript on Node.
    Node,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 4] = [
        Language::Rust,
        Language::C,
        Language::Python,
        Language::Node,
    ];

    /// The name in `penbox-<name>/<version>`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::C => "c",
            Language::Python => "python",
            Language::Node => "node",
        }
    }

    /// The language of this name; the crate's own for any other.
    pub(crate) fn named(name: &str) -> Language {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.unwrap_or_default()
    }

    /// A setting as a caller writes it: `timeoutMs` in Node, `penbox_config_set_timeout_ms` in C.
    pub fn setting(self, name: &str) -> String {
        match self {
            Language::Rust | Language::Python => name.to_owned(),
            Language::C => with_unit(&format!("penbox_config_set_{name}"), name),
            Language::Node => with_unit_node(name),
        }
    }

    /// A call's option as a caller writes it.
    pub(crate) fn option(self, name: &str) -> String {
        match (self, name) {
            (Language::Rust | Language::Python, _) => name.to_owned(),
            // C sets one header a call.
            (Language::C, "headers") => "penbox_options_set_header".to_owned(),
            (Language::C, "body") => "penbox_options_set_body_json".to_owned(),
            (Language::C, _) => with_unit(&format!("penbox_options_set_{name}"), name),
            // Node's name for it is that of `fetch`.
            (Language::Node, "cancel") => "signal".to_owned(),
            (Language::Node, _) => with_unit_node(name),
        }
    }

    /// A member of an error as a caller reads it.
    pub(crate) fn error_member(self, name: &str) -> String {
        match self {
            Language::C => with_unit(&format!("penbox_error_{name}"), name),
            Language::Node => with_unit_node(name),
            Language::Rust => format!("{name}()"),
            Language::Python => name.to_owned(),
        }
    }

    /// A method of the client as a caller writes it.
    pub(crate) fn client_method(self, name: &str) -> String {
        match self {
            Language::Rust | Language::Python => format!("{name}()"),
            Language::C => format!("penbox_client_{name}"),
            Language::Node => format!("{}()", camel(name)),
        }
    }

    /// A member of the stats or of an event as a caller reads it.
    pub(crate) fn member(self, name: &str) -> String {
        match self {
            Language::Node => camel(name),
            _ => name.to_owned(),
        }
    }

    /// A duration among such members: seconds in Python and in Rust's own JSON, milliseconds with the unit in the name elsewhere.
    pub(crate) fn duration(self, name: &str, value: Option<Duration>) -> (String, Value) {
        let seconds = value.map(|value| value.as_secs_f64());
        match self {
            Language::Rust | Language::Python => (name.to_owned(), seconds.into()),
            Language::C => (format!("{name}_ms"), seconds.map(|s| s * 1e3).into()),
            Language::Node => (
                format!("{}Ms", camel(name)),
                seconds.map(|s| s * 1e3).into(),
            ),
        }
    }

    /// An operation's id; in Node as its method is written.
    pub(crate) fn operation(self, id: &str) -> Cow<'_, str> {
        match (self, id.split_once('.')) {
            (Language::Node, Some((resource, method))) => {
                Cow::Owned(format!("{}.{}", camel(resource), camel(method)))
            }
            _ => Cow::Borrowed(id),
        }
    }

    /// An operation as a caller writes its call, without the arguments.
    pub(crate) fn call(self, id: &str) -> String {
        let (resource, method) = id.split_once('.').unwrap_or((id, ""));
        match self {
            Language::Rust => format!("{resource}().{method}()"),
            Language::C => format!("penbox_{resource}_{method}"),
            Language::Python => format!("{resource}.{method}()"),
            Language::Node => format!("{}.{}()", camel(resource), camel(method)),
        }
    }

    /// JSON's null as a caller writes it.
    pub(crate) fn null(self) -> &'static str {
        match self {
            Language::Python => "None",
            _ => "null",
        }
    }

    /// A documented parameter's name as a caller writes it. In C parameters are JSON, so a name is as on the wire. Elsewhere it is
    /// an identifier, so it has an underscore for a hyphen.
    pub(crate) fn parameter(self, name: &str) -> Cow<'_, str> {
        match self {
            Language::C => Cow::Owned(name.to_owned()),
            _ => Cow::Owned(name.replace('-', "_")),
        }
    }

    /// The advice to leave a parameter out, in a caller's words.
    pub(crate) fn leave_out(self) -> &'static str {
        match self {
            Language::Rust => "Leave the parameter out",
            Language::C => "Leave the parameter out: do not set it",
            Language::Python => "Leave the parameter out, or give NOT_GIVEN",
            Language::Node => "Leave the parameter out, or give undefined",
        }
    }

    /// The way to send a value of a query that is almost a documented one.
    pub(crate) fn query_past_the_check(self) -> &'static str {
        match self {
            Language::Rust => "CallOptions::query",
            Language::C => "penbox_options_set_query",
            Language::Python => "extra_query",
            Language::Node => "extraQuery",
        }
    }

    /// The place for the file name of an upload.
    pub(crate) fn upload_name(self) -> &'static str {
        match self {
            Language::Rust => "Upload::name",
            Language::C => "/name in the parameters",
            Language::Python | Language::Node => "name",
        }
    }

    /// The target of a download that does not come into memory.
    pub(crate) fn download_target(self) -> &'static str {
        match self {
            Language::Rust => "Download::to, Download::writer",
            Language::C => "the functions that end in _file and _writer",
            Language::Python | Language::Node => "to",
        }
    }

    /// The call option that adds query parameters.
    pub(crate) fn extra_query(self) -> &'static str {
        match self {
            Language::Rust => "CallOptions::query",
            Language::C => "penbox_options_set_query",
            Language::Python => "extra_query",
            Language::Node => "the option query",
        }
    }
}

/// Reports whether a name stands for a duration. C and Node add the unit to such a name.
fn is_duration(name: &str) -> bool {
    name == "timeout"
        || name.ends_with("_timeout")
        || matches!(name, "max_retry_wait" | "retry_after" | "cache_ttl")
}

/// A C name, with `_ms` if `name` stands for a duration: C has no type for durations.
fn with_unit(spelled: &str, name: &str) -> String {
    let unit = if is_duration(name) { "_ms" } else { "" };
    format!("{spelled}{unit}")
}

/// A Node name, with `Ms` if `name` stands for a duration: JavaScript has no type for durations.
fn with_unit_node(name: &str) -> String {
    let unit = if is_duration(name) { "Ms" } else { "" };
    format!("{}{unit}", camel(name))
}

/// `snake_case` as `camelCase`.
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for part in name.split('_') {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if !out.is_empty() => out.push(first.to_ascii_uppercase()),
            Some(first) => out.push(first),
            None => {}
        }
        out.push_str(letters.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SETTINGS, SettingKind};
    use crate::error::MEMBERS;
    use crate::send::OPTIONS;

    #[test]
    fn a_name_has_a_unit_where_the_table_has_a_duration() {
        for setting in SETTINGS {
            let expected = setting.kind == SettingKind::Duration;
            assert_eq!(is_duration(setting.name), expected, "{}", setting.name);
        }
        let options = OPTIONS.iter().map(|one| (one.name, one.kind));
        let members = MEMBERS.iter().map(|one| (one.name, one.kind));
        for (name, kind) in options.chain(members) {
            assert_eq!(is_duration(name), kind == "duration", "{name}");
        }
    }
}
