//! Types of the contract as Python annotations.

use crate::spec::{Field, OpenEnum, Spec, Type};

/// The annotation of a value in a result.
pub(super) fn output(ty: &Type) -> String {
    match ty {
        Type::Any => "Any".to_owned(),
        Type::Object => "dict[str, Any]".to_owned(),
        Type::Text | Type::Enum { .. } => "str".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Map { of } => format!("dict[str, {}]", output(of)),
        Type::List { of } => format!("list[{}]", output(of)),
        Type::OneOrMany { of } => format!("{0} | list[{0}]", output(of)),
        Type::File => "File".to_owned(),
        Type::Model { name, .. } => name.clone(),
    }
}

/// The annotation of a value that a caller gives: read-only types, so that any mapping or sequence is taken.
pub(super) fn input(ty: &Type) -> String {
    match ty {
        Type::Object => "Mapping[str, Any]".to_owned(),
        Type::Map { of } => format!("Mapping[str, {}]", input(of)),
        Type::List { of } => format!("Sequence[{}]", input(of)),
        Type::OneOrMany { of } => format!("{0} | Sequence[{0}]", input(of)),
        Type::Enum { name } => name.clone(),
        // A TypedDict has no room for names that are not declared.
        Type::Model {
            name,
            others: Some(_),
        } => format!("{name} | Mapping[str, Any]"),
        other => output(other),
    }
}

/// The annotation of an optional parameter: `NotGiven` leaves it out, and None is taken where null can be sent.
pub(super) fn optional_input(annotation: String, takes_null: bool) -> String {
    match (annotation.as_str(), takes_null) {
        // `Any` takes them all already.
        ("Any", _) => annotation,
        (_, true) => format!("{annotation} | NotGiven | None"),
        (_, false) => format!("{annotation} | NotGiven"),
    }
}

/// The annotation, with None where a value may be missing.
pub(super) fn optional(annotation: String, required: bool) -> String {
    match required || annotation == "Any" {
        true => annotation,
        false => format!("{annotation} | None"),
    }
}

/// A field's documentation, with the documented values of text that has some.
pub(super) fn doc(spec: &Spec, field: &Field) -> String {
    let doc = super::text::line(&field.doc);
    match open_enum(spec, &field.ty) {
        Some(open) => {
            let values: Vec<String> = open.values.iter().map(|v| format!("`{v}`")).collect();
            format!("{doc} One of {}, or what the API adds.", values.join(", "))
        }
        None => doc,
    }
}

/// The open enum that a text, or the items of a list of texts, are of.
fn open_enum<'a>(spec: &'a Spec, ty: &Type) -> Option<&'a OpenEnum> {
    match ty {
        Type::Enum { name } => spec.enums.iter().find(|open| open.name == *name),
        Type::List { of } | Type::OneOrMany { of } => open_enum(spec, of),
        _ => None,
    }
}

/// Tells whether a value may hold anything.
pub(super) fn is_open(ty: &Type) -> bool {
    match ty {
        Type::Any | Type::Object => true,
        Type::List { of } | Type::OneOrMany { of } => is_open(of),
        _ => false,
    }
}

/// The imports from the standard library that annotations need.
pub(super) fn imports(indent: usize, source: &str) -> String {
    let modules: [(&str, &[&str]); 2] = [
        ("collections.abc", &["Mapping", "Sequence"]),
        (
            "typing",
            &["Any", "Literal", "Required", "TypeAlias", "TypedDict"],
        ),
    ];
    let mut out = String::new();
    for (module, names) in modules {
        let used = names.iter().copied().filter(|name| uses(source, name));
        let used: Vec<&str> = used.collect();
        if !used.is_empty() {
            out.push_str(&super::text::import(indent, module, &used));
        }
    }
    out
}

/// Tells whether a name stands in source as a word of its own.
pub(super) fn uses(annotations: &str, name: &str) -> bool {
    annotations
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| word == name)
}
