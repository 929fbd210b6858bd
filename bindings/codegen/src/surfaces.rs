//! The files that are written by hand and document what the contract words: each such comment's first paragraph is written here.

use std::path::Path;

use crate::doc_comment::{Style, with_first_paragraph};
use crate::file::File;
use crate::language::Language;
use crate::spec::{Fact, Spec};

/// The facts that a file documents.
#[derive(Clone, Copy, PartialEq)]
enum Of {
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

/// The files.
const SURFACES: &[Surface] = &[
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
        path: "core/src/error/error_type.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        of: Of::Members,
        is_item: |line, name| line.contains(&format!("pub fn {name}(&self)")),
        facts: Facts::Without(&["support_report"]),
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
    SURFACES
        .iter()
        .map(|surface| surface.file(root, spec))
        .collect()
}

impl Surface {
    /// The file, each comment with its first paragraph from the contract.
    fn file(&self, root: &Path, spec: &Spec) -> Result<File, String> {
        let path = self.path;
        let text = std::fs::read_to_string(root.join(path));
        let mut text = text.map_err(|error| format!("{path}: {error}"))?;
        let facts = match self.of {
            Of::Options => &spec.options,
            Of::Members => &spec.errors.members,
        };
        for fact in facts.iter().filter(|fact| self.has(fact)) {
            let name = match self.of {
                Of::Options => self.language.option(fact),
                Of::Members => self.language.member(fact),
            };
            let sentences = self.language.sentences(fact);
            let is_item = |line: &str| (self.is_item)(line, &name);
            text = with_first_paragraph(&text, self.style, self.width, is_item, &sentences)
                .ok_or_else(|| format!("{path} has no documented {name}"))?;
        }
        Ok(File::new(path, text))
    }

    /// Tells whether this file documents a fact.
    fn has(&self, fact: &Fact) -> bool {
        match self.facts {
            Facts::Without(names) => !names.contains(&fact.name.as_str()),
            Facts::Only(names) => names.contains(&fact.name.as_str()),
        }
    }
}
