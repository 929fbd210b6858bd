//! Methods that move files. What they share, and how files move, is written by hand in the native module.

use super::{method, names, text, types};
use crate::spec::{Operation, Spec};

/// The types of `penbox/_streams.py` that signatures name.
pub(super) const STREAMS: &[&str] = &["FileSource", "FileTarget", "Progress"];

/// An argument that only these methods have: its name, its annotation with the default, its documentation.
type Own = (&'static str, &'static str, &'static str);

/// The argument of an upload for the file.
const SOURCE: Own = (
    "source",
    "FileSource",
    "A path, bytes, or a binary file, which is read from where it stands while it is sent. After an error one that can seek stands \
     there again, and can be given again; after one that cannot, the error is not `retryable`.",
);
/// The argument of a download for the place of the file.
const TO: Own = (
    "to",
    "FileTarget | None = None",
    "A path (the file appears there whole or not at all), a folder (under the name the server gives), or a binary file to \
     write to. By default the content comes into memory.",
);
/// The argument of a download that lets it replace a file: by default it does not, so that no file is lost by a slip.
const OVERWRITE: Own = ("overwrite", "bool = False", "Replace a file that exists.");
/// The argument for the callback.
const PROGRESS: Own = (
    "on_progress",
    "Progress | None = None",
    "Called with the bytes moved so far and the whole size, None where it is not known. Returning False cancels.",
);

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
pub(super) fn method(spec: &Spec, operation: &Operation) -> Result<String, String> {
    let (uploads, native) = match operation.transfer.as_str() {
        "upload" => (true, "upload"),
        "download" => (false, "download"),
        other => return Err(format!("python: {} moves by {other}", operation.id)),
    };
    let mut arguments = method::arguments(spec, operation)?;
    for argument in &mut arguments {
        // The API needs a name, but a path or an open file has one: only bytes must be given one.
        if uploads && argument.name == "name" {
            argument.required = false;
            argument
                .doc
                .push_str(" By default that of the source, which bytes do not have.");
        }
    }
    let own: &[Own] = match uploads {
        true => &[PROGRESS],
        false => &[TO, OVERWRITE, PROGRESS],
    };
    if let Some(twice) = arguments.iter().find(|argument| {
        [SOURCE, TO, OVERWRITE, PROGRESS]
            .iter()
            .any(|(name, ..)| *name == argument.name)
    }) {
        return Err(format!(
            "python: {} has two arguments called {}",
            operation.id, twice.name
        ));
    }
    let result = types::output(&operation.result);

    let name = names::identifier(operation.method_name())?;
    let mut out = format!("\n    @operation\n    def {name}(\n        self,\n");
    out.push_str(&method::path_lines(operation)?);
    if uploads {
        out.push_str(&format!("        {}: {},\n", SOURCE.0, SOURCE.1));
    }
    out.push_str("        *,\n");
    for argument in &arguments {
        out.push_str(&argument.line("None", "None"));
    }
    for (name, annotation, _) in own {
        out.push_str(&format!("        {name}: {annotation},\n"));
    }
    for (name, annotation) in method::options(false) {
        out.push_str(&format!("        {name}: {annotation} = None,\n"));
    }
    out.push_str(&format!("    ) -> {result}:\n"));

    let documented = |(name, _, doc): &Own| ((*name).to_owned(), (*doc).to_owned());
    let mut entries = method::path_entries(operation)?;
    if uploads {
        entries.push(documented(&SOURCE));
    }
    entries.extend(arguments.iter().map(|a| (a.name.clone(), a.doc.clone())));
    entries.extend(own.iter().map(documented));
    // A call that moves a file has no JSON body.
    entries.extend(method::option_entries(spec, false)?);
    let mut paragraphs = method::documentation(spec, operation, &entries, &raises(uploads));
    paragraphs.push("What `on_progress` or a file object raises comes out as it is.".to_owned());
    out.push_str(&text::docstring(8, &paragraphs));

    out.push_str(&format!(
        "        result: {result} = self._native.{native}(\n            \"{}\",\n",
        operation.id
    ));
    if uploads {
        let model = operation.result.model().unwrap_or("None");
        out.push_str(&format!("            {model},\n            source,\n"));
    }
    out.push_str(&method::params(operation, &arguments)?);
    let own = own.iter().map(|(name, ..)| *name);
    for name in own.chain(method::options(false).map(|(name, _)| name)) {
        out.push_str(&format!("            {name},\n"));
    }
    out.push_str("        )\n        return result\n");
    Ok(out)
}
