//! Documentation in words: lines of text, wrapped, without the marks of a language's comment.

use crate::language::Language;
use crate::spec::{Field, Operation, Spec, Type};
use crate::wrap::wrap;

/// Joins a text to one line: the spec's docs break lines where the core's comments did.
pub(super) fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines as comments: `/// text`, with nothing behind the mark of an empty line.
pub(super) fn comment(mark: &str, lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("{}\n", format!("{mark} {line}").trim_end()))
        .collect()
}

/// The documentation of an operation. A list is described as one page, or with `walked` item by item.
pub(super) fn operation(
    spec: &Spec,
    operation: &Operation,
    width: usize,
    walked: bool,
) -> Vec<String> {
    let mut lines = wrap(&operation.doc, width, "", "");
    lines.push(String::new());
    let line = format!(
        "`{} {}`. {}",
        operation.method,
        operation.path,
        spec.repeated(operation)
    );
    lines.extend(wrap(&line, width, "", ""));
    let parameters = parameters(spec, operation);
    if !parameters.is_empty() {
        lines.extend([String::new(), "Parameters:".to_owned()]);
        for parameter in parameters {
            lines.extend(wrap(&format!("- {parameter}"), width, "", "  "));
        }
    }
    lines.push(String::new());
    lines.extend(wrap(&result(spec, operation, walked), width, "", ""));
    lines.push(String::new());
    lines.push(format!("Source: {}", operation.source));
    lines
}

/// The parameters, each as its JSON Pointer, type and meaning.
fn parameters(spec: &Spec, operation: &Operation) -> Vec<String> {
    let path = operation
        .path_parameters
        .iter()
        .map(|name| format!("`/{name}` (text, required): part of the path."));
    let mut found: Vec<String> = path.collect();
    if let Some(name) = &operation.params {
        members(spec, name, "", true, &mut found);
    }
    found
}

/// Adds the members of a model, down to the last: C names them by JSON Pointers, so there are no types to look them up in.
fn members(spec: &Spec, model: &str, place: &str, required: bool, found: &mut Vec<String>) {
    for field in spec.model(model).map_or(&[][..], |model| &model.fields) {
        let here = format!("{place}/{}", field.name);
        let (inner, item) = match &field.ty {
            Type::Model { name, .. } => (Some(name), ""),
            Type::Map { of } => match &**of {
                // A map's names are the caller's.
                Type::Model { name, .. } => (Some(name), "/{name}"),
                _ => (None, ""),
            },
            Type::List { of } | Type::OneOrMany { of } => match &**of {
                // `-` is the place after a list's last element (RFC 6901, section 4).
                Type::Model { name, .. } => (Some(name), "/-"),
                _ => (None, ""),
            },
            _ => (None, ""),
        };
        match inner {
            Some(name) => members(
                spec,
                name,
                &format!("{here}{item}"),
                required && field.required,
                found,
            ),
            None => found.push(member(spec, field, &here, place, required)),
        }
    }
}

/// The line of one member.
fn member(spec: &Spec, field: &Field, here: &str, place: &str, required: bool) -> String {
    let need = match (field.required, required) {
        (true, true) => ", required".to_owned(),
        (true, false) => format!(", required in `{place}`"),
        (false, _) => String::new(),
    };
    format!(
        "`{here}` ({}{need}): {}",
        type_in_words(spec, &field.ty),
        flat(&field.doc)
    )
}

/// The sentence about the result.
fn result(spec: &Spec, operation: &Operation, walked: bool) -> String {
    let (name, what) = match &operation.result {
        Type::File => {
            // The bytes are the callback's, or went to the path.
            let members = spec.file_facts.result.iter();
            let members = members.filter(|fact| fact.name != "content").map(|fact| {
                let number = if fact.name == "size" {
                    "whole number"
                } else {
                    "text"
                };
                format!(
                    "`/{}` ({number}): {}",
                    fact.name,
                    Language::C.sentences(fact)
                )
            });
            let members: Vec<String> = members.collect();
            return format!("Result: an object. {}", members.join(" "));
        }
        Type::Model { name, .. } if operation.list && walked => (
            name,
            format!("every {name} of the list, fetched page by page"),
        ),
        Type::Model { name, .. } if operation.list => (
            name,
            format!("a page: `/data`, a list of {name}, and `/meta`"),
        ),
        Type::Model { name, .. } => (name, with_article(name)),
        Type::List { of } => match &**of {
            Type::Model { name, .. } => (name, format!("a list of {name}")),
            of => return format!("Result: a list of {}.", type_in_words(spec, of)),
        },
        Type::Object => return "Result: an object.".to_owned(),
        other => return format!("Result: {}.", type_in_words(spec, other)),
    };
    let fields = spec.model(name).map_or(&[][..], |model| &model.fields);
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("`{}` ({})", field.name, type_in_words(spec, &field.ty)))
        .collect();
    let one = with_article(name);
    let (first, rest) = one.split_at(1);
    format!(
        "Result: {what}. {}{rest} has {}.",
        first.to_uppercase(),
        fields.join(", ")
    )
}

/// `a Form`, `an Attachment`.
fn with_article(name: &str) -> String {
    match name.starts_with(['A', 'E', 'I', 'O', 'U']) {
        true => format!("an {name}"),
        false => format!("a {name}"),
    }
}

/// The name of a type in a sentence.
fn type_in_words(spec: &Spec, ty: &Type) -> String {
    match ty {
        Type::Any => "any JSON".to_owned(),
        Type::Object => "object".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Enum { name } => {
            let known = spec.enums.iter().find(|known| known.name == *name);
            let values = known.map_or_else(Vec::new, |known| known.values.clone());
            match values.is_empty() {
                true => "text".to_owned(),
                false => format!("text: {}", values.join(" | ")),
            }
        }
        Type::Boolean => "true or false".to_owned(),
        Type::Integer => "whole number".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Map { of } => format!("object of {}", type_in_words(spec, of)),
        Type::List { of } => format!("list of {}", type_in_words(spec, of)),
        Type::OneOrMany { of } => {
            let one = type_in_words(spec, of);
            format!("{one}, or list of {one}")
        }
        Type::File => "a file".to_owned(),
        Type::Model { name, .. } => name.clone(),
    }
}
