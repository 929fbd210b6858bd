//! `tests/conformance/testees/operations.rs`: the typed public method of each operation, for the Rust testee.
//!
//! An operation whose typed method is missing or has another signature than the spec says does not compile here.

use crate::file::{File, MARK};
use crate::spec::{Operation, Spec};

/// The longest chain of calls that rustfmt keeps on one line (its `chain_width`).
const CHAIN: usize = 60;

/// The module of calls.
pub(super) fn file(spec: &Spec) -> Result<File, String> {
    let moved = |transfer: &'static str| {
        let operations = spec.files.iter();
        operations.filter(move |operation| operation.transfer == transfer)
    };
    let mut text = format!(
        "//! The typed public method of each operation. {MARK}

use penbox::{{Client, Download, Error, File, Upload}};

use crate::parameters::Parameters;
use crate::results::{{Json, all, one, unknown}};
"
    );
    text += &function(
        "Makes the call of an operation that moves JSON only. A list is gone on with after `resume` errors.",
        "call",
        ("resume: u32", "Json"),
        spec.operations.iter(),
        |operation, call| match operation.list {
            true => format!("all({call}, resume)"),
            false => format!("one({call})"),
        },
        None,
    );
    text += &function(
        "Sends a file.",
        "upload",
        ("source: Upload<'_>", "Json"),
        moved("upload"),
        |_, call| format!("one({call})"),
        Some("source"),
    );
    text += &function(
        "Fetches a file.",
        "download",
        ("into: Download<'_>", "File"),
        moved("download"),
        |_, call| call.to_owned(),
        Some("into"),
    );
    Ok(File::new("tests/conformance/testees/operations.rs", text))
}

/// A function with an arm for each of the operations. `result` makes an arm's value of the method call; `moved` is the
/// name of the argument that says where a file comes from or goes to.
fn function<'a>(
    about: &str,
    name: &str,
    (argument, returned): (&str, &str),
    operations: impl Iterator<Item = &'a Operation>,
    result: impl Fn(&Operation, &str) -> String,
    moved: Option<&str>,
) -> String {
    let arms: String = operations
        .map(|operation| arm(operation, &result, moved))
        .collect();
    // An argument that nothing reads is a warning, and it depends on the operations of today whether one does.
    let given = match arms.contains("given.") {
        true => "given",
        false => "_",
    };
    format!(
        "
/// {about}
pub(crate) fn {name}(
    client: &Client,
    operation: &str,
    {given}: &mut Parameters,
    {argument},
) -> Result<{returned}, Error> {{
    match operation {{
{arms}        other => Err(unknown(other)),
    }}
}}
"
    )
}

/// The arm of one operation, laid out as rustfmt would: `cargo fmt --check` looks at the generated file, too.
fn arm(
    operation: &Operation,
    result: &impl Fn(&Operation, &str) -> String,
    moved: Option<&str>,
) -> String {
    let mut lines = Vec::new();
    let mut arguments: Vec<String> = Vec::new();
    let path = &operation.path_parameters;
    if !path.is_empty() {
        let quoted: Vec<String> = path.iter().map(|name| format!("\"{name}\"")).collect();
        lines.push(format!(
            "let [{}] = given.path([{}]);",
            path.join(", "),
            quoted.join(", ")
        ));
        arguments.extend(path.iter().map(|name| format!("&{name}")));
    }
    // The core's builder of an upload holds the parameters beside the source.
    if let Some(model) = &operation.params
        && operation.transfer != "upload"
    {
        lines.push(format!(
            "let params = penbox::{model}::from_json(&given.rest())?;"
        ));
        arguments.push("params".to_owned());
    }
    arguments.extend(moved.map(str::to_owned));
    let resource = format!("client.{}()", operation.resource());
    let method = format!(".{}({})", operation.method_name(), arguments.join(", "));
    // In two statements, rustfmt has no chain to break.
    let call = match resource.len() + method.len() > CHAIN {
        true => {
            lines.push(format!("let resource = {resource};"));
            format!("resource{method}")
        }
        false => resource + &method,
    };
    let value = result(operation, &call);
    let id = &operation.id;
    if lines.is_empty() {
        return format!("        \"{id}\" => {value},\n");
    }
    lines.push(value);
    let body: String = lines
        .iter()
        .map(|line| format!("            {line}\n"))
        .collect();
    format!("        \"{id}\" => {{\n{body}        }}\n")
}
