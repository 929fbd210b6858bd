//! The language whose package speaks: messages and hints use the words that its callers write.

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
}
