//! The files that are written by hand and document what the contract words: each such comment's first paragraph is written here.

use std::path::Path;

use crate::doc_comment::{Style, with_first_paragraph};
use crate::file::File;
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
        facts: Facts::Without(&[]),
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

/// A file that documents facts about files that move, each item by the text that its line has.
struct FileSurface {
    path: &'static str,
    language: Language,
    style: Style,
    width: usize,
    items: &'static [Item],
}

/// An item: the text that its line has, the facts, and the sentence that the language has before them.
type Item = (&'static str, &'static [&'static str], &'static str);

/// The files that document facts about files.
const FILE_SURFACES: &[FileSurface] = &[
    FileSurface {
        path: "core/src/files/upload.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        items: &[
            ("pub type Progress<'a>", &["call.progress"], ""),
            ("pub fn path(", &["upload.path"], ""),
            ("pub fn bytes(", &["upload.bytes"], ""),
            ("pub fn seekable(", &["upload.seekable"], ""),
            ("pub fn reader(", &["upload.stream", "upload.size"], ""),
            ("pub fn on_progress(", &["call.progress"], ""),
        ],
    },
    FileSurface {
        path: "core/src/files/download.rs",
        language: Language::Rust,
        style: Style::Slashes,
        width: 128,
        items: &[
            ("    pub path: ", &["result.path"], ""),
            ("    pub content: ", &["result.content"], ""),
            ("    pub name: ", &["result.name"], ""),
            ("    pub content_type: ", &["result.content_type"], ""),
            ("    pub size: ", &["result.size"], ""),
            ("    pub sha256: ", &["result.sha256"], ""),
            ("pub fn memory(", &["download.memory"], ""),
            ("pub fn to(", &["download.path"], ""),
            ("pub fn writer(", &["download.stream"], ""),
            ("pub fn overwrite(", &["call.overwrite"], ""),
            ("pub fn on_progress(", &["call.progress"], ""),
        ],
    },
    FileSurface {
        path: "ffi/src/callbacks.rs",
        language: Language::C,
        style: Style::Slashes,
        width: 120,
        items: &[("pub type ProgressCallback", &["call.progress"], "")],
    },
    FileSurface {
        path: "include/penbox/files.hpp",
        language: Language::Cpp,
        style: Style::Slashes,
        width: 120,
        items: &[
            ("std::string> path;", &["result.path"], ""),
            ("std::string> content;", &["result.content"], ""),
            ("std::string> name;", &["result.name"], ""),
            ("std::string> content_type;", &["result.content_type"], ""),
            ("std::uint64_t size = 0;", &["result.size"], ""),
            ("std::string sha256;", &["result.sha256"], ""),
            ("using Progress = ", &["call.progress"], ""),
        ],
    },
    FileSurface {
        path: "bindings/python/python/penbox/_file.py",
        language: Language::Python,
        style: Style::Docstring,
        width: 100,
        items: &[
            ("    path: ", &["result.path"], ""),
            ("    content: ", &["result.content"], ""),
            ("    name: ", &["result.name"], ""),
            ("    content_type: ", &["result.content_type"], ""),
            ("    size: ", &["result.size"], ""),
            ("    sha256: ", &["result.sha256"], ""),
        ],
    },
    FileSurface {
        path: "bindings/node/ts/files.ts",
        language: Language::Node,
        style: Style::Stars,
        width: 110,
        items: &[
            (
                "export type FileSource = ",
                &["upload.path", "upload.stream", "upload.bytes"],
                "The source of an upload: a path, a `file:` URL, bytes, a Blob or a stream. ",
            ),
            (
                "export type FileTarget = ",
                &["download.path", "download.stream"],
                "The target of a download: a path, a folder, a `file:` URL, or a stream. ",
            ),
            ("export type OnProgress = ", &["call.progress"], ""),
            ("  to?: ", &["download.memory"], "The target. "),
            ("  overwrite?: ", &["call.overwrite"], ""),
            ("  readonly path?: ", &["result.path"], ""),
            ("  readonly content?: ", &["result.content"], ""),
            ("  readonly name?: ", &["result.name"], ""),
            ("  readonly contentType?: ", &["result.content_type"], ""),
            ("  readonly size: number;", &["result.size"], ""),
            ("  readonly sha256: ", &["result.sha256"], ""),
        ],
    },
];

/// The files as they should be.
pub(crate) fn files(root: &Path, spec: &Spec) -> Result<Vec<File>, String> {
    let surfaces = SURFACES.iter().map(|surface| surface.file(root, spec));
    let files = FILE_SURFACES.iter().map(|surface| surface.file(root, spec));
    surfaces.chain(files).collect()
}

/// The text of a file below the project's root.
fn read(root: &Path, path: &str) -> Result<String, String> {
    std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))
}

impl FileSurface {
    /// The file, each comment with its first paragraph from the contract.
    fn file(&self, root: &Path, spec: &Spec) -> Result<File, String> {
        let path = self.path;
        let mut text = read(root, path)?;
        for (item, facts, before) in self.items {
            let said = |id: &&str| Ok(self.language.sentences(spec.file_facts.named(id)?));
            let facts = facts.iter().map(said).collect::<Result<Vec<_>, String>>()?;
            let words = format!("{before}{}", facts.join(" "));
            let is_item = |line: &str| line.contains(item);
            text = with_first_paragraph(&text, self.style, self.width, is_item, &words)
                .ok_or_else(|| format!("{path} has no documented {}", item.trim()))?;
        }
        Ok(File::new(path, text))
    }
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
