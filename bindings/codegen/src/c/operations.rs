//! `ffi/src/operations/`: a function an operation, a file a resource.

use super::{doc, transfers};
use crate::file::{File, MARK};
use crate::spec::{Operation, Spec};
use crate::wrap::wrap;

/// The files of the folder.
pub(super) fn files(spec: &Spec) -> Result<Vec<File>, String> {
    let resources = spec.resources();
    let mods: Vec<String> = {
        // As rustfmt sorts the declarations of modules.
        let mut sorted = resources.clone();
        sorted.sort();
        sorted
            .iter()
            .map(|name| format!("pub mod {name};\n"))
            .collect()
    };
    let index = format!("//! A function an operation. {MARK}\n\n{}", mods.concat());
    let mut files = vec![File::new("ffi/src/operations/mod.rs", index)];
    for name in resources {
        files.push(resource(spec, name)?);
    }
    Ok(files)
}

/// The file of a resource.
fn resource(spec: &Spec, name: &str) -> Result<File, String> {
    let here = |operation: &&Operation| operation.resource() == name;
    let operations: Vec<&Operation> = spec.operations.iter().filter(here).collect();
    let files: Vec<&Operation> = spec.files.iter().filter(here).collect();
    let mut text = head(name, &operations, &files);
    for operation in operations {
        let function = operation.c_function();
        // With the mark `/// ` a line has 120 characters.
        let about = doc::operation(spec, operation, 116, false);
        text.push_str(&exported(&function, &about, "call", operation, "Value"));
        if operation.list {
            let about = wrap(
                &format!(
                    "Walks the whole list of `{function}`, fetching pages as `penbox_pager_next` needs them, from `/page/number` \
                     on if that is given. Sends nothing yet."
                ),
                116,
                "",
                "",
            );
            let function = format!("{function}_pager");
            text.push_str(&exported(&function, &about, "pager", operation, "Pager"));
        }
    }
    for operation in files {
        text.push_str(&transfers::exported(spec, operation)?);
    }
    Ok(File::new(format!("ffi/src/operations/{name}.rs"), text))
}

/// The head of a resource's file: the lines before the first function.
fn head(name: &str, operations: &[&Operation], files: &[&Operation]) -> String {
    let exported = "#![expect(unsafe_code, reason = \"exported names are unsafe attributes\")]";
    let mut lines = vec![
        format!("//! `{name}`. {MARK}"),
        String::new(),
        exported.to_owned(),
    ];
    let ways = files.iter().flat_map(|file| transfers::ways(file));
    let types = transfers::types(ways);
    lines.push(String::new());
    if !files.is_empty() {
        lines.push("use std::ffi::{c_char, c_void};".to_owned());
    }
    lines.extend(["use std::mem::MaybeUninit;".to_owned(), String::new()]);
    if !files.is_empty() {
        lines.push(format!("use crate::callbacks::{{{}}};", types.join(", ")));
    }
    let paged = operations.iter().any(|operation| operation.list);
    // Only what the functions use, since an import that nothing uses is a warning.
    let uses = [
        ("client::Client", true),
        ("error::Error", true),
        ("operation", !operations.is_empty()),
        ("options::Options", true),
        ("pager::Pager", paged),
        ("params::Params", true),
        ("status::Status", true),
        ("transfer::{self, Call}", !files.is_empty()),
        ("value::Value", true),
    ];
    let uses = uses.iter().filter(|(_, used)| *used);
    lines.extend(uses.map(|(path, _)| format!("use crate::{path};")));
    lines.push(String::new());
    lines.join("\n")
}

/// A function with the arguments that every operation without a file has; `body` names the function that does the work.
fn exported(
    function: &str,
    about: &[String],
    body: &str,
    operation: &Operation,
    out: &str,
) -> String {
    let arguments = format!("\"{}\", client, params, options, out, err", operation.id);
    // As rustfmt would, whose `fn_call_width` is 60: one a line where they are longer.
    let call = match arguments.len() > 60 {
        false => format!("operation::{body}({arguments})"),
        true => format!(
            "operation::{body}(\n        {},\n    )",
            arguments.replace(", ", ",\n        ")
        ),
    };
    format!(
        "
{}#[unsafe(no_mangle)]
pub extern \"C\" fn {function}(
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut {out}>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {{
    {call}
}}
",
        doc::comment("///", about)
    )
}
