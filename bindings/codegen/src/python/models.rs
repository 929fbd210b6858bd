//! `penbox/models.py`: the classes of results.

use super::{names, text, types};
use crate::spec::{Field, Model, Spec};

/// The fields that tell who a person is, or open their form: `repr` hides them, for it ends up in logs.
const PERSONAL: &[&str] = &[
    "accept-language",
    "bcc",
    "cc",
    "company_name",
    "email",
    "error",
    "family_name",
    "fill",
    "from",
    "given_name",
    "internal_ref",
    "ip",
    "phone",
    "to",
    "uri",
    "user-agent",
    "user_explanation",
];

/// Models whose `name` is a person's, or that of a file of theirs.
const NAMED: &[&str] = &["Attachment", "CaseContact", "ExtractionAttachment"];

/// The methods that every model has: a field of such a name would hide one.
const TAKEN: &[&str] = &["from_json", "to_dict", "to_json"];

/// The methods that every model has as a mapping: they win, and the field gets a trailing underscore.
const OF_MAPPINGS: &[&str] = &["get", "items", "keys", "values"];

/// The methods of single models, which stand behind their fields.
const METHODS: &[(&str, &str)] = &[(
    "WebhookEvent",
    r#"
    def has(self, name: str) -> bool:
        """Tells whether an event of this name is there: `responses:completed`, ..."""
        events = self.events
        return isinstance(events, list) and name in events
"#,
)];

/// The module of the result classes.
pub(super) fn module(spec: &Spec) -> Result<String, String> {
    let mut body = String::from(
        "from __future__ import annotations\n\nfrom penbox._native import Field, Model\n",
    );
    let mut classes = String::new();
    for model in ordered(spec, false)? {
        classes.push_str(&class(spec, model)?);
    }
    if types::uses(&classes, "Any") {
        // Type checkers take this name for true. `typing` is slow to import, and only they need it.
        body.push_str("\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any\n");
    }
    Ok(text::module(
        "The models of the API's answers: read-only views, absent and null fields read as None.",
        &(body + &classes),
    ))
}

/// The names of the models that results are made of.
pub(super) fn all(spec: &Spec) -> impl Iterator<Item = &str> {
    let outputs = spec.models.iter().filter(|model| !model.input);
    outputs.map(|model| model.name.as_str())
}

/// The class of a model: a `Field` for each of its fields, under the field's identifier.
fn class(spec: &Spec, model: &Model) -> Result<String, String> {
    let mut out = format!("\n\nclass {}(Model):\n", model.name);
    out.push_str(&text::docstring(4, &[text::line(&model.doc)]));
    out.push_str("\n    __slots__ = ()\n\n");
    for field in &model.fields {
        let mut name = names::identifier(&field.name)?;
        if OF_MAPPINGS.contains(&name.as_str()) {
            name.push('_');
        }
        if TAKEN.contains(&name.as_str()) {
            return Err(format!("python: {}.{name} is a method", model.name));
        }
        let annotation = types::optional(types::output(&field.ty), field.required);
        let mut arguments = format!("\"{}\"", field.name);
        if let Some(inner) = field.ty.model() {
            arguments.push_str(&format!(", {inner}"));
        }
        if hidden(model, field) {
            arguments.push_str(", hidden=True");
        }
        let head = format!("{name}: Field[{annotation}] = Field");
        out.push_str(&text::call(4, &head, &arguments));
        out.push_str(&text::docstring(4, &[types::doc(spec, field)]));
    }
    for (_, methods) in METHODS.iter().filter(|(name, _)| *name == model.name) {
        out.push_str(methods);
    }
    Ok(out)
}

/// Tells whether `repr` hides a field. Those that hold anything are hidden, for they may hold what a contact answered.
fn hidden(model: &Model, field: &Field) -> bool {
    let named = NAMED.contains(&model.name.as_str()) && field.name == "name";
    types::is_open(&field.ty) || PERSONAL.contains(&field.name.as_str()) || named
}

/// The models that are inputs or those that are not, each after those it is made of.
pub(super) fn ordered(spec: &Spec, input: bool) -> Result<Vec<&Model>, String> {
    let mut done: Vec<&Model> = Vec::new();
    for model in spec.models.iter().filter(|model| model.input == input) {
        visit(spec, model, &mut done, &mut Vec::new())?;
    }
    Ok(done)
}

/// Adds a model to `done` after those it is made of. `open` are the models around it: a circle has no order.
fn visit<'a>(
    spec: &'a Spec,
    model: &'a Model,
    done: &mut Vec<&'a Model>,
    open: &mut Vec<&'a str>,
) -> Result<(), String> {
    if done.iter().any(|other| other.name == model.name) {
        return Ok(());
    }
    if open.contains(&model.name.as_str()) {
        return Err(format!("python: {} contains itself", model.name));
    }
    open.push(&model.name);
    for inner in model.fields.iter().filter_map(|field| field.ty.model()) {
        let inner = spec
            .model(inner)
            .ok_or_else(|| format!("python: there is no model {inner}"))?;
        visit(spec, inner, done, open)?;
    }
    open.pop();
    done.push(model);
    Ok(())
}
