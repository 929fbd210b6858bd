//! `ffi/src/operations/`: a function an operation, a file a resource.

use super::{MARK, doc};
use crate::file::File;
use crate::spec::{Operation, Spec};

pub(super) fn files(spec: &Spec) -> Vec<File> {
    let resources = resources(spec);
    let mods: Vec<String> = {
        let mut sorted = resources.clone();
        sorted.sort();
        sorted
            .iter()
            .map(|name| format!("pub mod {name};\n"))
            .collect()
    };
    let index = format!("//! A function an operation. {MARK}\n\n{}", mods.concat());
    let mut files = vec![File::new("ffi/src/operations/mod.rs", index)];
    files.extend(resources.iter().map(|name| resource(spec, name)));
    files
}

/// The resources in the order of the spec.
pub(super) fn resources(spec: &Spec) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for operation in &spec.operations {
        if !found.iter().any(|name| name == operation.resource()) {
            found.push(operation.resource().to_owned());
        }
    }
    found
}

fn resource(spec: &Spec, name: &str) -> File {
    let operations: Vec<&Operation> = spec
        .operations
        .iter()
        .filter(|operation| operation.resource() == name)
        .collect();
    let pager = match operations.iter().any(|operation| operation.list) {
        true => "use crate::pager::Pager;\n",
        false => "",
    };
    let mut text = format!(
        "//! `{name}`. {MARK}

#![expect(unsafe_code, reason = \"exported names are unsafe attributes\")]

use std::mem::MaybeUninit;

use crate::client::Client;
use crate::error::Error;
use crate::operation;
use crate::options::Options;
{pager}use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
"
    );
    for operation in operations {
        let function = format!(
            "penbox_{}_{}",
            operation.resource(),
            operation.method_name()
        );
        let about = doc::operation(spec, operation, 116, false);
        text.push_str(&exported(&function, &about, "call", operation, "Value"));
        if operation.list {
            let about = doc::wrap(
                &format!(
                    "Walks the whole list of `{function}`, fetching pages as `penbox_pager_next` needs them, from `/page/number` \
                     on if that is given. Sends nothing yet."
                ),
                116,
                0,
            );
            let function = format!("{function}_pager");
            text.push_str(&exported(&function, &about, "pager", operation, "Pager"));
        }
    }
    File::new(format!("ffi/src/operations/{name}.rs"), text)
}

fn exported(
    function: &str,
    about: &[String],
    body: &str,
    operation: &Operation,
    out: &str,
) -> String {
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
    operation::{body}(\"{}\", client, params, options, out, err)
}}
",
        doc::comment("///", about),
        operation.id
    )
}
