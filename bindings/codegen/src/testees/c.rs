//! `tests/conformance/testees/*.inc`: the rows of the tables that the C testee looks its functions up in.

use crate::file::{File, MARK};
use crate::spec::{Operation, Spec};

/// The tables.
pub(super) fn files(spec: &Spec) -> Vec<File> {
    let moved = |transfer: &'static str| {
        let operations = spec.files.iter();
        operations.filter(move |operation| operation.transfer == transfer)
    };
    vec![
        table(
            "operations",
            spec.operations.iter(),
            |function, operation| match operation.list {
                true => format!("NULL, {function}_pager"),
                false => format!("{function}, NULL"),
            },
        ),
        table("uploads", moved("upload"), |function, _| {
            format!("{function}_file, {function}_reader, {function}_bytes")
        }),
        table("downloads", moved("download"), |function, _| {
            format!("{function}_file, {function}_writer")
        }),
    ]
}

/// A file of rows: the operation's id, then what `functions` makes of the start of its functions' names.
fn table<'a>(
    name: &str,
    operations: impl Iterator<Item = &'a Operation>,
    functions: impl Fn(&str, &Operation) -> String,
) -> File {
    let mut text = format!("/* The {name} of the testee. {MARK} */\n");
    for operation in operations {
        let functions = functions(&operation.c_function(), operation);
        text.push_str(&format!("{{\"{}\", {functions}}},\n", operation.id));
    }
    File::new(format!("tests/conformance/testees/{name}.inc"), text)
}
