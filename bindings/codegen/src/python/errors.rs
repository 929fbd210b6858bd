//! `penbox/errors.py`: the table of errors as classes.

use super::{names, text};
use crate::spec::Spec;

/// The classes that derive from one of Python's own, too: code that catches `TimeoutError` of any library catches ours.
const BUILT_IN: &[(&str, &str)] = &[
    ("APIConnectionError", "ConnectionError"),
    ("APITimeoutError", "TimeoutError"),
];

/// The module. Base classes come first, for a class must stand after its parent.
pub(super) fn module(spec: &Spec) -> Result<String, String> {
    let mut body = String::from("from penbox._error import PenboxError\n\n");
    let names = names::sorted(all(spec));
    body.push_str("__all__ = [\n");
    for name in &names {
        body.push_str(&format!("    \"{name}\",\n"));
    }
    body.push_str("]\n");
    for base in &spec.errors.bases {
        match &base.parent {
            Some(parent) => body.push_str(&class(&base.class, parent, &base.doc, None)),
            // `_error.py` has it, written by hand.
            None if base.class == "PenboxError" => {}
            None => return Err(format!("python: who is the base of {}?", base.class)),
        }
    }
    for kind in &spec.errors.kinds {
        let doc = &kind.doc;
        body.push_str(&class(&kind.class, &kind.parent, doc, Some(&kind.kind)));
    }
    Ok(text::module("Every error this SDK raises.", &body))
}

/// The names of all error classes.
pub(super) fn all(spec: &Spec) -> impl Iterator<Item = &str> {
    let bases = spec.errors.bases.iter().map(|base| base.class.as_str());
    bases.chain(spec.errors.kinds.iter().map(|kind| kind.class.as_str()))
}

/// A class of errors; with a kind it has that as its attribute.
fn class(name: &str, parent: &str, doc: &str, kind: Option<&str>) -> String {
    let built_in = BUILT_IN.iter().find(|(class, _)| *class == name);
    let parents = match built_in {
        Some((_, built_in)) => format!("{parent}, {built_in}"),
        None => parent.to_owned(),
    };
    let doc = text::docstring(4, &[text::line(doc)]);
    let kind = kind.map(|kind| format!("\n    kind = \"{kind}\"\n"));
    let kind = kind.unwrap_or_default();
    format!("\n\nclass {name}({parents}):\n{doc}{kind}")
}
