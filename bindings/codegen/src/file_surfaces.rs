//! The files written by hand that document facts about files that move: the same for them.

use std::path::Path;

use crate::doc_comment::{Style, with_first_paragraph};
use crate::file::File;
use crate::language::Language;
use crate::spec::Spec;

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
pub(crate) fn files<'a>(
    root: &'a Path,
    spec: &'a Spec,
) -> impl Iterator<Item = Result<File, String>> + 'a {
    FILE_SURFACES
        .iter()
        .map(move |surface| surface.file(root, spec))
}

/// The text of a file below the project's root.
pub(crate) fn read(root: &Path, path: &str) -> Result<String, String> {
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
