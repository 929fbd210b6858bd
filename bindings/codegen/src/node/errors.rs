//! `kinds.ts`, `errors.ts` and `classes.ts`: the error table.

use super::doc::comment;
use crate::spec::Spec;

/// `kinds.ts`: the names of the kinds of error and of the outcomes, as types.
pub(super) fn kinds(spec: &Spec) -> String {
    let kinds: String = (spec.errors.kinds.iter())
        .map(|kind| format!("\n  | {:?}", kind.kind))
        .collect();
    let outcomes: Vec<String> = (spec.errors.outcomes.iter())
        .map(|outcome| format!("{outcome:?}"))
        .collect();
    format!(
        "\n/** The kinds of errors, as a small closed table. */\nexport type ErrorKind ={kinds};\n\n/** The effect that a failed call may have had on the server. */\nexport type Outcome = {};\n",
        outcomes.join(" | ")
    )
}

/// `errors.ts`: the classes below the hand-written base, parents first.
pub(super) fn errors(spec: &Spec) -> Result<String, String> {
    let mut out = String::from(
        "import { nameClass, PenboxError } from \"../error.js\";\nimport type { ErrorKind } from \"./kinds.js\";\n",
    );
    let mut known = vec!["PenboxError"];
    let bases = (spec.errors.bases.iter())
        .filter_map(|base| Some((&base.class, base.parent.as_ref()?, &base.doc, None, None)));
    let kinds = (spec.errors.kinds.iter()).map(|it| {
        (
            &it.class,
            &it.parent,
            &it.doc,
            Some(&it.kind),
            it.http_status,
        )
    });
    for (class, parent, doc, kind, status) in bases.chain(kinds) {
        // A module is run from its start, so a class must stand after the one that it extends.
        if !known.contains(&parent.as_str()) {
            return Err(format!("{class} stands before its parent {parent}"));
        }
        known.push(class);
        out += &format!(
            "\n{}export class {class} extends {parent} {{\n",
            comment(spec, "", doc)
        );
        if let Some(kind) = kind {
            out += &format!("  static override readonly kind: ErrorKind = {kind:?};\n");
        }
        if let Some(status) = status {
            // `declare` narrows the type and makes no field, which would hide the base's value.
            out += &format!("  declare readonly httpStatus: {status} | undefined;\n");
        }
        out += &format!("  static {{\n    nameClass(this, {class:?});\n  }}\n}}\n");
    }
    Ok(out)
}

/// `classes.ts`: the map from a kind to its class.
pub(super) fn classes(spec: &Spec) -> String {
    let entries: String = (spec.errors.kinds.iter())
        .map(|kind| format!("  [{:?}, errors.{}],\n", kind.kind, kind.class))
        .collect();
    format!(
        "import type {{ PenboxError }} from \"../error.js\";\nimport * as errors from \"./errors.js\";\nimport type {{ ErrorKind }} from \"./kinds.js\";\n\n/** The class of each kind. */\nexport const CLASSES: ReadonlyMap<ErrorKind, typeof PenboxError> = new Map<ErrorKind, typeof PenboxError>([\n{entries}]);\n"
    )
}
