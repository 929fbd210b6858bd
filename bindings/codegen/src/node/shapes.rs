//! `models.ts` and `params.ts`: the interfaces of results and of parameters.

use super::doc::comment;
use super::names::{alias, property};
use crate::spec::{Model, OpenEnum, Operation, Spec, Type};

/// The longest line: `printWidth` of the package's `.prettierrc`, so that prettier would leave the files as they are.
const WIDTH: usize = 110;

/// Interfaces of results, and the types of their open enums.
pub(super) fn models(spec: &Spec) -> Result<String, String> {
    let mut out = String::from(
        "// Results are what the server sent and nothing else: any field but an id may be absent or null, and fields that are\n// not listed here stay on the object.\n",
    );
    for open in &spec.enums {
        out += &open_enum(spec, open);
    }
    for model in spec.models.iter().filter(|model| !model.input) {
        out += &interface(spec, model)?;
    }
    Ok(out)
}

/// Interfaces of parameters.
pub(super) fn params(spec: &Spec) -> Result<String, String> {
    let mut out = String::from(
        "// Parameters have the wire's names. One that is not listed is refused; null is sent as null where there is a body to hold\n// it, undefined is not sent.\n",
    );
    let inputs: Vec<&Model> = spec.models.iter().filter(|model| model.input).collect();
    let used: Vec<&str> = (spec.enums.iter())
        .map(|open| open.name.as_str())
        .filter(|name| inputs.iter().any(|model| uses(model, name)))
        .collect();
    if !used.is_empty() {
        out += &format!(
            "import type {{ {} }} from \"./models.js\";\n",
            used.join(", ")
        );
    }
    for model in inputs {
        out += &interface(spec, model)?;
    }
    Ok(out)
}

/// Tells whether a field of a model has this open enum for its type.
fn uses(model: &Model, name: &str) -> bool {
    fn within(ty: &Type, wanted: &str) -> bool {
        match ty {
            Type::Enum { name } => name == wanted,
            Type::Map { of } | Type::List { of } | Type::OneOrMany { of } => within(of, wanted),
            _ => false,
        }
    }
    model.fields.iter().any(|field| within(&field.ty, name))
}

/// An open enum: the known values, and any other text, for the server may add some.
fn open_enum(spec: &Spec, open: &OpenEnum) -> String {
    let doc = comment(
        spec,
        "",
        &format!("{} Other values may come later.", open.doc),
    );
    let values: Vec<String> = open
        .values
        .iter()
        .map(|value| format!("{value:?}"))
        .collect();
    // `string & {}` keeps the known values in an editor's completion. A plain `string` would absorb them.
    let line = format!(
        "export type {} = {} | (string & {{}});\n",
        open.name,
        values.join(" | ")
    );
    if line.len() <= WIDTH {
        return format!("\n{doc}{line}");
    }
    let lines: String = values
        .iter()
        .map(|value| format!("\n  | {value}"))
        .collect();
    format!(
        "\n{doc}export type {} ={lines}\n  | (string & {{}});\n",
        open.name
    )
}

/// The interface of a model. Members that may be absent take undefined, and null where the server sends or a body holds it.
fn interface(spec: &Spec, model: &Model) -> Result<String, String> {
    let mut out = format!(
        "\n{}export interface {} {{\n",
        comment(spec, "", &model.doc),
        model.name
    );
    let missing = match model.input && !spec.takes_null(model) {
        true => "undefined",
        false => "null | undefined",
    };
    for field in &model.fields {
        let (name, ty) = (
            property(&field.name),
            written(spec, &field.ty, model.input)?,
        );
        out += &comment(spec, "  ", &field.doc);
        out += &match field.required && !from_source(spec, model, &field.name) {
            true => format!("  {name}: {ty};\n"),
            // `unknown` takes null and undefined already.
            false if field.ty == Type::Any => format!("  {name}?: {ty};\n"),
            false => format!("  {name}?: {ty} | {missing};\n"),
        };
        if let Some(alias) = alias(&field.name).filter(|_| model.input) {
            out += &format!("  /** The same as `{}`. */\n", field.name);
            out += &format!("  {alias}?: {ty} | {missing};\n");
        }
    }
    if let Some(start) = others(spec, &model.name) {
        let name = match start {
            "" => "string".to_owned(),
            start => format!("`{start}${{string}}`"),
        };
        out += &format!("  /** Others are sent as they are. */\n  [other: {name}]: unknown;\n");
    }
    Ok(out + "}\n")
}

/// The start of the names of undocumented members, where a model takes some.
fn others<'a>(spec: &'a Spec, wanted: &str) -> Option<&'a str> {
    fn within<'a>(ty: &'a Type, wanted: &str) -> Option<&'a str> {
        match ty {
            Type::Model { name, others } if name == wanted => others.as_deref(),
            Type::Map { of } | Type::List { of } | Type::OneOrMany { of } => within(of, wanted),
            _ => None,
        }
    }
    let mut fields = spec.models.iter().flat_map(|model| &model.fields);
    fields.find_map(|field| within(&field.ty, wanted))
}

/// Tells whether a field is the name of an upload: it may be left out, for a path has a name already.
fn from_source(spec: &Spec, model: &Model, field: &str) -> bool {
    let upload = |operation: &Operation| {
        operation.transfer == "upload" && operation.params.as_ref() == Some(&model.name)
    };
    field == "name" && spec.files.iter().any(upload)
}

/// A type as TypeScript writes it.
pub(super) fn written(spec: &Spec, ty: &Type, input: bool) -> Result<String, String> {
    let read_only = if input { "readonly " } else { "" };
    Ok(match ty {
        Type::Any => "unknown".to_owned(),
        Type::Object => "Record<string, unknown>".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Integer | Type::Number => "number".to_owned(),
        Type::Enum { name } => name.clone(),
        Type::File => "File".to_owned(),
        Type::Model { name, .. } => match spec.model(name) {
            Some(_) => name.clone(),
            None => return Err(format!("no model {name}")),
        },
        Type::Map { of } => format!("Readonly<Record<string, {}>>", written(spec, of, input)?),
        Type::List { of } => format!("{read_only}{}[]", element(spec, of, input)?),
        Type::OneOrMany { of } => {
            let one = written(spec, of, input)?;
            format!("{one} | {read_only}{}[]", element(spec, of, input)?)
        }
    })
}

/// The type of a list's items, in parentheses where the brackets would bind to a part of it.
fn element(spec: &Spec, ty: &Type, input: bool) -> Result<String, String> {
    let one = written(spec, ty, input)?;
    Ok(match ty {
        Type::OneOrMany { .. } | Type::List { .. } => format!("({one})"),
        _ => one,
    })
}
