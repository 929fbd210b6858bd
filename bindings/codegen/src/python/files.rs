//! Methods that move files. What they share, and how files move, is written by hand in the native module.

use super::mode::Mode;
use super::{method, names, text, types};
use crate::language::Language;
use crate::spec::{Operation, Spec};

/// The types of `penbox/_streams.py` that signatures name.
pub(super) const STREAMS: &[&str] = &[
    "AsyncFileSource",
    "AsyncFileTarget",
    "AsyncProgress",
    "FileSource",
    "FileTarget",
    "Progress",
];
/// The functions of `penbox/_async_files.py`.
pub(super) const MOVES: &[&str] = &["download", "upload"];

/// The words of an asynchronous client about a source and a target of its own.
const AWAITED: [(&str, &str); 2] = [
    (
        "source",
        " What is read with `await` is such a stream, too: an asynchronous iterator of bytes, or an object whose `read` is a coroutine.",
    ),
    (
        "to",
        " What is written to with `await` is such a stream, too: an object whose `write` is a coroutine, or a coroutine function.",
    ),
];

/// An argument that only these methods have.
struct Own {
    name: &'static str,
    /// The annotation, with the default.
    annotation: &'static str,
    /// The facts of the contract about it.
    facts: &'static [&'static str],
    /// The words of Python before and after them.
    own: (&'static str, &'static str),
}

/// The argument of an upload for the file.
const SOURCE: Own = Own {
    name: "source",
    annotation: "FileSource",
    facts: &["upload.path", "upload.seekable", "upload.stream"],
    own: ("A path, bytes, or a binary file. ", ""),
};
/// The argument of a download for the place of the file.
const TO: Own = Own {
    name: "to",
    annotation: "FileTarget | None = None",
    facts: &["download.path", "download.stream", "download.memory"],
    own: ("A path, a folder, or a binary file to write to. ", ""),
};
/// The argument of a download that lets it replace a file: by default it does not, so that no file is lost by a slip.
const OVERWRITE: Own = Own {
    name: "overwrite",
    annotation: "bool = False",
    facts: &["call.overwrite"],
    own: ("", ""),
};
/// The argument for the callback.
const PROGRESS: Own = Own {
    name: "on_progress",
    annotation: "Progress | None = None",
    facts: &["call.progress"],
    own: (
        "",
        " It gets None for a size that is not known, and cancels by returning False.",
    ),
};

impl Own {
    /// The name and the documentation.
    fn entry(&self, spec: &Spec, mode: Mode) -> Result<(String, String), String> {
        let facts = self.facts.iter();
        let facts = facts.map(|id| Ok(Language::Python.sentences(spec.file_facts.named(id)?)));
        let facts = facts.collect::<Result<Vec<_>, String>>()?.join(" ");
        let (before, after) = self.own;
        let awaited = AWAITED.iter().find(|(name, _)| *name == self.name);
        let awaited = awaited.map_or("", |(_, words)| mode.pick("", words));
        Ok((
            self.name.to_owned(),
            format!("{before}{facts}{after}{awaited}"),
        ))
    }

    /// The annotation, whose types of streams have names of their own where they may be awaited.
    fn annotation(&self, mode: Mode) -> String {
        match self.name {
            "overwrite" => self.annotation.to_owned(),
            _ => format!("{}{}", mode.pick("", "Async"), self.annotation),
        }
    }
}

/// The errors of a call that moves a file, besides those of every call.
fn raises(uploads: bool) -> [(&'static str, &'static str); 2] {
    let file = match uploads {
        true => "The source cannot be read, or changed its size while it was sent.",
        false => "A file is there already, or cannot be written.",
    };
    [
        ("FileError", file),
        (
            method::CANCELLED,
            "The call was ended by `cancel`, or `on_progress` returned False.",
        ),
    ]
}

/// The method of an operation that sends or fetches a file.
pub(super) fn method(spec: &Spec, operation: &Operation, mode: Mode) -> Result<String, String> {
    let (uploads, native) = match operation.transfer.as_str() {
        "upload" => (true, "upload"),
        "download" => (false, "download"),
        other => return Err(format!("python: {} moves by {other}", operation.id)),
    };
    let mut arguments = method::arguments(spec, operation)?;
    let nameless = Language::Python.sentences(spec.file_facts.named("upload.bytes")?);
    for argument in &mut arguments {
        // The API needs a name, but a path or an open file has one: only bytes must be given one.
        if uploads && argument.name == "name" {
            argument.required = false;
            argument
                .doc
                .push_str(&format!(" By default that of the source. {nameless}"));
        }
    }
    let own: &[Own] = match uploads {
        true => &[PROGRESS],
        false => &[TO, OVERWRITE, PROGRESS],
    };
    if let Some(twice) = arguments.iter().find(|argument| {
        [SOURCE, TO, OVERWRITE, PROGRESS]
            .iter()
            .any(|own| own.name == argument.name)
    }) {
        return Err(format!(
            "python: {} has two arguments called {}",
            operation.id, twice.name
        ));
    }
    let result = types::output(&operation.result);

    let name = names::identifier(operation.method_name())?;
    let head = mode.head();
    let mut out = format!("\n{head} {name}(\n        self,\n");
    out.push_str(&method::path_lines(operation)?);
    if uploads {
        let annotation = SOURCE.annotation(mode);
        out.push_str(&format!("        {}: {annotation},\n", SOURCE.name));
    }
    out.push_str("        *,\n");
    for argument in &arguments {
        out.push_str(&argument.line("None", "None"));
    }
    for one in own {
        let annotation = one.annotation(mode);
        out.push_str(&format!("        {}: {annotation},\n", one.name));
    }
    for (name, annotation) in method::options(false) {
        out.push_str(&format!("        {name}: {annotation} = None,\n"));
    }
    out.push_str(&format!("    ) -> {result}:\n"));

    let mut entries = method::path_entries(operation)?;
    if uploads {
        entries.push(SOURCE.entry(spec, mode)?);
    }
    entries.extend(arguments.iter().map(|a| (a.name.clone(), a.doc.clone())));
    for argument in own {
        entries.push(argument.entry(spec, mode)?);
    }
    // A call that moves a file has no JSON body.
    entries.extend(method::option_entries(spec, false)?);
    let mut paragraphs = method::documentation(spec, operation, &entries, &raises(uploads), mode);
    paragraphs.push("What `on_progress` or a file object raises comes out as it is.".to_owned());
    out.push_str(&text::docstring(8, &paragraphs));

    out.push_str(&match mode {
        Mode::Sync => format!("        result: {result} = self._native.{native}(\n"),
        Mode::Async => {
            format!("        result: {result} = await {native}(\n            self._native,\n")
        }
    });
    out.push_str(&format!("            \"{}\",\n", operation.id));
    if uploads {
        let model = operation.result.model().unwrap_or("None");
        out.push_str(&format!("            {model},\n            source,\n"));
    }
    out.push_str(&method::params(operation, &arguments)?);
    let own = own.iter().map(|own| own.name);
    for name in own.chain(method::options(false).map(|(name, _)| name)) {
        out.push_str(&format!("            {name},\n"));
    }
    out.push_str("        )\n        return result\n");
    Ok(out)
}
