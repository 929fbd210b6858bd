//! The files that are written by hand and document what the contract words: each such comment's first paragraph is written here.

use std::path::Path;

use crate::doc_comment::{Style, with_first_paragraph};
use crate::file::File;
use crate::file_surfaces::{self, read};
use crate::language::Language;
use crate::spec::{Setting, Spec};

/// The facts that a file documents.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Settings,
    Hooks,
    Options,
    Members,
}

/// A file with the comments of some facts.
struct Surface {
    path: &'static str,
    language: Language,
    style: Style,
    /// The longest line of its comments.
    width: usize,
    of: Of,
    /// Tells whether a line begins the item of this name.
    is_item: fn(&str, &str) -> bool,
    facts: Facts,
}

/// The names of the facts that a file documents.
enum Facts {
    Without(&'static [&'static str]),
    Only(&'static [&'static str]),
}

/// The members of an error that are numbers and flags.
const NUMBERS: &[&str] = &["retryable", "retry_after", "http_status", "attempts"];

/// The settings that are limits.
const LIMITS: &[&str] = &[
    "timeout",
    "file_timeout",
    "attempt_timeout",
    "connect_timeout",
    "read_timeout",
    "max_attempts",
    "max_retry_wait",
    "rate_limit",
    "max_response_bytes",
    "max_download_bytes",
    "max_workers",
    "pool_size",
    "page_size",
    "cache_ttl",
];

/// The files.
const SURFACES: &[Surface] = &[
    Surface {
        path: "core/src/config/builder.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Settings,
        is_item: |line, name| {
            ["(", "<"]
                .iter()
                .any(|end| line.contains(&format!("pub fn {name}{end}")))
        },
        facts: Facts::Without(LIMITS),
    },
    Surface {
        path: "core/src/config/limits.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Settings,
        is_item: |line, name| {
            ["(", "<"]
                .iter()
                .any(|end| line.contains(&format!("pub fn {name}{end}")))
        },
        facts: Facts::Only(LIMITS),
    },
    Surface {
        path: "core/src/config/hooks.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Hooks,
        is_item: |line, name| line.trim_end() == format!("    pub fn {name}("),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "core/src/send/options.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Options,
        is_item: |line, name| line.contains(&format!("pub fn {name}(")),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "core/src/error/accessors.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!("pub fn {name}(&self)")),
        facts: Facts::Without(&["support_report", "curl"]),
    },
    Surface {
        path: "core/src/error/curl.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!("pub fn {name}(&self)")),
        facts: Facts::Only(&["curl"]),
    },
    Surface {
        path: "core/src/error/report.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!("pub fn {name}(&self)")),
        facts: Facts::Only(&["support_report"]),
    },
    Surface {
        path: "ffi/src/options.rs",
        language: Language::C,
        style: Style::Slashes,
        width: 120,
        of: Of::Options,
        is_item: |line, name| line.contains(&format!(" fn penbox_options_set_{name}(")),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "ffi/src/error_read.rs",
        language: Language::C,
        style: Style::Slashes,
        width: 120,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!(" fn penbox_error_{name}(")),
        facts: Facts::Only(NUMBERS),
    },
    Surface {
        path: "ffi/src/error_text.rs",
        language: Language::C,
        style: Style::Slashes,
        width: 120,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!(" fn penbox_error_{name}(")),
        facts: Facts::Without(NUMBERS),
    },
    Surface {
        path: "include/penbox/options.hpp",
        language: Language::Cpp,
        style: Style::Slashes,
        width: 120,
        of: Of::Options,
        is_item: |line, name| line.contains(&format!(" Options &{name}(")),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "include/penbox/error.hpp",
        language: Language::Cpp,
        style: Style::Slashes,
        width: 120,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!(" {name}() const ")),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "bindings/python/python/penbox/_base.py",
        language: Language::Python,
        style: Style::Entry,
        width: 100,
        of: Of::Options,
        is_item: |line, name| line.starts_with(&format!("            {name}: ")),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "bindings/python/python/penbox/_error.py",
        language: Language::Python,
        style: Style::Docstring,
        width: 100,
        of: Of::Members,
        is_item: |line, name| {
            ["    ", "    def "]
                .iter()
                .filter_map(|start| line.strip_prefix(start)?.strip_prefix(name))
                .any(|rest| rest.starts_with(": ") || rest.starts_with('('))
        },
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "bindings/node/ts/options.ts",
        language: Language::Node,
        style: Style::Stars,
        width: 110,
        of: Of::Options,
        is_item: |line, name| line.starts_with(&format!("  {name}?: ")),
        facts: Facts::Without(&[]),
    },
    Surface {
        path: "bindings/node/ts/error.ts",
        language: Language::Node,
        style: Style::Stars,
        width: 110,
        of: Of::Members,
        is_item: |line, name| {
            ["  declare readonly ", "  readonly ", "  "]
                .iter()
                .filter_map(|start| line.strip_prefix(start)?.strip_prefix(name))
                .any(|rest| rest.starts_with(": ") || rest.starts_with("(): "))
        },
        // `message` is JavaScript's own.
        facts: Facts::Without(&["message"]),
    },
];

/// The files as they should be.
pub(crate) fn files(root: &Path, spec: &Spec) -> Result<Vec<File>, String> {
    let surfaces = SURFACES.iter().map(|surface| surface.file(root, spec));
    surfaces.chain(file_surfaces::files(root, spec)).collect()
}

impl Surface {
    /// The file, each comment with its first paragraph from the contract.
    fn file(&self, root: &Path, spec: &Spec) -> Result<File, String> {
        let path = self.path;
        let mut text = read(root, path)?;
        for (name, words) in self.documented(spec) {
            let is_item = |line: &str| (self.is_item)(line, &name);
            text = with_first_paragraph(&text, self.style, self.width, is_item, &words)
                .ok_or_else(|| format!("{path} has no documented {name}"))?;
        }
        Ok(File::new(path, text))
    }

    /// The names of the items, and the sentences about each.
    fn documented(&self, spec: &Spec) -> Vec<(String, String)> {
        let language = self.language;
        let options = spec.options.iter().filter(|fact| self.has(&fact.name));
        let members = spec.errors.members.iter();
        let members = members.filter(|fact| self.has(&fact.name));
        let settings = spec.settings.iter();
        let settings = settings.filter(|setting| self.has(&setting.name));
        match self.of {
            Of::Settings => settings.map(about_setting).collect(),
            Of::Hooks => spec
                .hooks
                .iter()
                .map(|hook| (hook.name.clone(), hook.doc.clone()))
                .collect(),
            Of::Options => options
                .map(|fact| (language.option(fact), language.sentences(fact)))
                .collect(),
            Of::Members => members
                .map(|fact| (language.member(fact), language.sentences(fact)))
                .collect(),
        }
    }

    /// Tells whether this file documents what has this name in the contract.
    fn has(&self, name: &str) -> bool {
        match self.facts {
            Facts::Without(names) => !names.contains(&name),
            Facts::Only(names) => names.contains(&name),
        }
    }
}

/// The name of a setting and the sentences about it, as Rust has them.
fn about_setting(setting: &Setting) -> (String, String) {
    let Setting { name, default, .. } = setting;
    // rustdoc refuses an address that is neither a link nor code.
    let default = match default.starts_with("https:") {
        true => format!("`{default}`"),
        false => default.clone(),
    };
    let words = format!("{} Default: {default}.", setting.doc);
    (name.clone(), words)
}
