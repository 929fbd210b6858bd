//! `penbox/params.py`: the types of nested parameters.

use super::{models, names, text, types};
use crate::spec::{Field, Model, OpenEnum, Spec, Type};

/// The module of the parameter types.
pub(super) fn module(spec: &Spec) -> Result<String, String> {
    let mut classes = String::new();
    for open in open_enums(spec) {
        classes.push_str(&alias(open));
    }
    // In order, and with annotations that are evaluated: a TypedDict reads its required keys from them.
    for model in models::ordered(spec, true)? {
        if nested(spec).any(|other| other.name == model.name) {
            classes.push_str(&class(spec, model)?);
        }
    }
    let mut imports = types::imports(0, &classes);
    if types::uses(&classes, "NotGiven") {
        imports.push('\n');
        imports.push_str(&text::import(0, "penbox._native", &["NotGiven"]));
    }
    Ok(text::module(
        "The types of nested parameters: plain dicts, checked by type checkers and again by the SDK before anything is sent.",
        &(imports + &classes),
    ))
}

/// The input models that stand inside others. An operation's own parameters need no type: they are its method's arguments.
fn nested(spec: &Spec) -> impl Iterator<Item = &Model> {
    let whole = |model: &Model| {
        let all = spec.operations.iter().chain(&spec.files);
        all.into_iter()
            .any(|operation| operation.params.as_ref() == Some(&model.name))
    };
    spec.models
        .iter()
        .filter(move |model| model.input && !whole(model))
}

/// The open enums of parameters.
fn open_enums(spec: &Spec) -> impl Iterator<Item = &OpenEnum> {
    let given = |open: &OpenEnum| {
        let is_it = |field: &Field| matches!(&field.ty, Type::Enum { name } if *name == open.name);
        let mut inputs = spec.models.iter().filter(|model| model.input);
        inputs.any(|model| model.fields.iter().any(is_it))
    };
    spec.enums.iter().filter(move |open| given(open))
}

/// The names of all types of parameters.
pub(super) fn type_names(spec: &Spec) -> impl Iterator<Item = &str> {
    let models = nested(spec).map(|model| model.name.as_str());
    models.chain(open_enums(spec).map(|open| open.name.as_str()))
}

/// The alias of an open enum: editors show its values, and any other text is taken.
fn alias(open: &OpenEnum) -> String {
    let values: Vec<String> = open.values.iter().map(|v| format!("{v:?}")).collect();
    let doc = text::docstring(0, &paragraphs(&open.doc));
    format!(
        "\n{}: TypeAlias = Literal[{}] | str\n{doc}",
        open.name,
        values.join(", ")
    )
}

/// The TypedDict of a model. The syntax of a class takes identifiers only, so other models are made by a call.
fn class(spec: &Spec, model: &Model) -> Result<String, String> {
    let plain = |field: &Field| names::identifier(&field.name).is_ok_and(|name| name == field.name);
    if !model.fields.iter().all(plain) {
        return Ok(by_call(spec, model));
    }
    let mut out = format!("\n\nclass {}(TypedDict, total=False):\n", model.name);
    out.push_str(&text::docstring(4, &paragraphs(&model.doc)));
    out.push('\n');
    for field in &model.fields {
        let annotation = match field.required {
            true => format!("Required[{}]", types::input(&field.ty)),
            false => types::optional_input(types::input(&field.ty), spec.takes_null(model)),
        };
        out.push_str(&format!("    {}: {annotation}\n", field.name));
        out.push_str(&text::docstring(4, &[types::doc(spec, field)]));
    }
    Ok(out)
}

/// A TypedDict with keys that are no identifiers. It can be documented in its module's source only.
fn by_call(spec: &Spec, model: &Model) -> String {
    let mut out = format!("\n\n{0} = TypedDict(\n    \"{0}\",\n    {{\n", model.name);
    for field in &model.fields {
        let annotation = types::optional_input(types::input(&field.ty), spec.takes_null(model));
        out.push_str(&format!("        \"{}\": {annotation},\n", field.name));
    }
    out.push_str("    },\n    total=False,\n)\n");
    let mut paragraphs = paragraphs(&model.doc);
    paragraphs.extend(
        model
            .fields
            .iter()
            .map(|field| format!("`{}`: {}", field.name, types::doc(spec, field))),
    );
    out.push_str(&text::docstring(0, &paragraphs));
    out
}

/// The paragraphs of a doc text, each on one line.
fn paragraphs(doc: &str) -> Vec<String> {
    doc.split("\n\n").map(text::line).collect()
}
