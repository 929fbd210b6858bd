//! The language whose package speaks: messages and hints use the words that its callers write.

use std::borrow::Cow;

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
        crate::error::setting(name, self)
    }

    /// What a caller writes for JSON's null.
    pub(crate) fn null(self) -> &'static str {
        match self {
            Language::Python => "None",
            _ => "null",
        }
    }

    /// A documented parameter's name as a caller writes it: a wire name that is no identifier has an underscore for its hyphen,
    /// but in C, where parameters are JSON.
    pub(crate) fn parameter(self, name: &str) -> Cow<'_, str> {
        match self {
            Language::C => Cow::Owned(name.to_owned()),
            _ => Cow::Owned(name.replace('-', "_")),
        }
    }

    /// How a caller leaves a parameter out.
    pub(crate) fn leave_out(self) -> &'static str {
        match self {
            Language::Rust => "Leave the parameter out",
            Language::C => "Leave the parameter out: do not set it",
            Language::Python => "Leave the parameter out, or give NOT_GIVEN",
            Language::Node => "Leave the parameter out, or give undefined",
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
