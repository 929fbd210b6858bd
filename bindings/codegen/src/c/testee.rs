//! `tests/conformance/testees/operations.inc`: the named functions that the testee of C calls.

use crate::file::{File, MARK};
use crate::spec::Spec;

pub(super) fn file(spec: &Spec) -> File {
    let mut text = format!("/* The operations of the testee. {MARK} */\n");
    for operation in &spec.operations {
        let function = format!(
            "penbox_{}_{}",
            operation.resource(),
            operation.method_name()
        );
        let functions = match operation.list {
            true => format!("NULL, {function}_pager"),
            false => format!("{function}, NULL"),
        };
        text.push_str(&format!("{{\"{}\", {functions}}},\n", operation.id));
    }
    File::new("tests/conformance/testees/operations.inc", text)
}
