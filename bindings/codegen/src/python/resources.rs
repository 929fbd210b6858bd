//! `penbox/resources/*.py`: a class a resource, a method an operation.

use super::{names, text, types};
use crate::spec::{Field, Operation, Spec, Type};

/// Arguments that every method has.
const OPTIONS: &[(&str, &str, &str)] = &[
    (
        "timeout",
        "float | None",
        "The limit of this call, in seconds, instead of the client's.",
    ),
    (
        "extra_headers",
        "Mapping[str, str] | None",
        "Extra headers.",
    ),
    (
        "extra_query",
        "Mapping[str, Any] | None",
        "Extra query parameters, for what this SDK does not know.",
    ),
    (
        "extra_body",
        "Mapping[str, Any] | None",
        "Extra members of the body, for what this SDK does not know.",
    ),
];

/// The resources, in the order of their operations.
pub(super) fn names(spec: &Spec) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for operation in &spec.operations {
        if !names.contains(&operation.resource()) {
            names.push(operation.resource());
        }
    }
    names
}

/// The folder's own module.
pub(super) fn package(spec: &Spec) -> String {
    let mut all = names(spec);
    all.sort_unstable();
    let imports: String = all
        .iter()
        .map(|name| {
            let class = names::class(name);
            format!("from penbox.resources.{name} import {class}\n")
        })
        .collect();
    let classes: Vec<String> = all
        .iter()
        .map(|name| format!("\"{}\"", names::class(name)))
        .collect();
    let body = format!("{imports}\n__all__ = [{}]\n", classes.join(", "));
    text::module("The resources of a client: groups of operations.", &body)
}

/// A resource's module.
pub(super) fn module(spec: &Spec, resource: &str) -> Result<String, String> {
    let mut methods = String::new();
    let mut models = Vec::new();
    for operation in &spec.operations {
        if operation.resource() == resource {
            methods.push_str(&method(spec, operation)?);
            models.extend(types::model(&operation.result));
        }
    }
    let mut imports = String::from("from __future__ import annotations\n\n");
    imports.push_str("from penbox._base import Resource\nfrom penbox._checked import operation\n");
    let native: &[&str] = match types::uses(&methods, "NOT_GIVEN") {
        true => &["NOT_GIVEN"],
        false => &[],
    };
    if !native.is_empty() {
        imports.push_str(&text::import(0, "penbox._native", native));
    }
    if !models.is_empty() {
        imports.push_str(&text::import(0, "penbox.models", &names::sorted(models)));
    }
    imports.push_str("\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n");
    if types::uses(&methods, "builtins") {
        imports.push_str("    import builtins\n");
    }
    imports.push_str(&types::imports(4, &methods));
    imports.push('\n');
    let native: Vec<&str> = ["NotGiven", "Pager"]
        .into_iter()
        .filter(|name| types::uses(&methods, name))
        .collect();
    if !native.is_empty() {
        imports.push_str(&text::import(4, "penbox._native", &native));
    }
    let params = super::params::nested(spec)
        .map(|model| model.name.as_str())
        .filter(|name| types::uses(&methods, name));
    let params = names::sorted(params);
    if !params.is_empty() {
        imports.push_str(&text::import(4, "penbox.params", &params));
    }
    let class = names::class(resource);
    let doc = text::docstring(4, &[format!("The operations `{resource}.*`.")]);
    let class = format!("\n\nclass {class}(Resource):\n{doc}\n    __slots__ = ()\n{methods}");
    Ok(text::module(
        &format!("The resource `{resource}`."),
        &(imports + &class),
    ))
}

/// An argument of a method.
struct Argument {
    wire: String,
    name: String,
    annotation: String,
    required: bool,
    doc: String,
}

fn argument(spec: &Spec, field: &Field) -> Result<Argument, String> {
    let name = names::identifier(&field.name)?;
    if name == "self" || OPTIONS.iter().any(|(option, ..)| *option == name) {
        return Err(format!(
            "python: the parameter {name} has the name of an option"
        ));
    }
    let annotation = match field.required {
        true => types::input(&field.ty),
        false => format!("{} | NotGiven | None", types::input(&field.ty)),
    };
    Ok(Argument {
        wire: field.name.clone(),
        name,
        annotation,
        required: field.required,
        doc: types::doc(spec, field),
    })
}

fn method(spec: &Spec, operation: &Operation) -> Result<String, String> {
    let fields = match &operation.params {
        Some(name) => {
            let model = spec.model(name);
            &model
                .ok_or_else(|| format!("python: there is no model {name}"))?
                .fields
        }
        None => &Vec::new(),
    };
    let mut arguments = Vec::new();
    for field in fields {
        arguments.push(argument(spec, field)?);
    }
    arguments.sort_by_key(|argument| !argument.required);
    let with_body = matches!(operation.method.as_str(), "POST" | "PATCH" | "PUT");
    let options = || {
        OPTIONS
            .iter()
            .filter(move |(name, ..)| with_body || *name != "extra_body")
    };

    let result = match operation.list {
        true => format!("Pager[{}]", types::output(&operation.result)),
        // In a class with a method `list`, the name means that method.
        false => types::output(&operation.result).replace("list[", "builtins.list["),
    };
    let name = names::identifier(operation.method_name())?;
    let mut out = format!("\n    @operation\n    def {name}(\n        self,\n");
    for path in &operation.path_parameters {
        out.push_str(&format!("        {}: str,\n", names::identifier(path)?));
    }
    out.push_str("        *,\n");
    for argument in &arguments {
        let default = if argument.required {
            ""
        } else {
            " = NOT_GIVEN"
        };
        let Argument {
            name, annotation, ..
        } = argument;
        out.push_str(&format!("        {name}: {annotation}{default},\n"));
    }
    for (name, annotation, _) in options() {
        out.push_str(&format!("        {name}: {annotation} = None,\n"));
    }
    out.push_str(&format!("    ) -> {result}:\n"));

    let mut entries: Vec<(String, String)> = Vec::new();
    for path in &operation.path_parameters {
        let name = names::identifier(path)?;
        entries.push((name, format!("The {path}, as the API gave it.")));
    }
    entries.extend(arguments.iter().map(|a| (a.name.clone(), a.doc.clone())));
    entries.extend(options().map(|(name, _, doc)| ((*name).to_owned(), (*doc).to_owned())));
    out.push_str(&text::docstring(8, &documentation(operation, &entries)));

    let verb = if operation.list { "pager" } else { "call" };
    let model = types::model(&operation.result).unwrap_or("None");
    out.push_str(&format!(
        "        result: {result} = self._native.{verb}(\n"
    ));
    out.push_str(&format!(
        "            \"{}\",\n            {model},\n",
        operation.id
    ));
    out.push_str(&params(operation, &arguments)?);
    for (name, ..) in options() {
        out.push_str(&format!("            {name},\n"));
    }
    out.push_str("        )\n        return result\n");
    Ok(out)
}

/// The dict of parameters, on one line where it is short.
fn params(operation: &Operation, arguments: &[Argument]) -> Result<String, String> {
    let mut pairs = Vec::new();
    for path in &operation.path_parameters {
        pairs.push(format!("\"{path}\": {}", names::identifier(path)?));
    }
    pairs.extend(
        arguments
            .iter()
            .map(|a| format!("\"{}\": {}", a.wire, a.name)),
    );
    Ok(match pairs.len() {
        0 | 1 => format!("            {{{}}},\n", pairs.join(", ")),
        _ => {
            let lines: String = pairs
                .iter()
                .map(|pair| format!("                {pair},\n"))
                .collect();
            format!("            {{\n{lines}            }},\n")
        }
    })
}

fn documentation(operation: &Operation, entries: &[(String, String)]) -> Vec<String> {
    let repeat = match (operation.list, operation.safety.as_str()) {
        (true, _) => "Nothing is sent before the result is iterated; an error ends it.",
        (_, "safe") => "Safe to repeat.",
        (_, "idempotent") => "Repeating it with the same arguments has no further effect.",
        _ => "Not safe to repeat: a second call can act twice.",
    };
    let route = format!(
        "`{} {}` ({}). {repeat}",
        operation.method, operation.path, operation.source
    );
    let raises = [
        (
            "InvalidArgumentError".to_owned(),
            "An argument was refused before anything was sent.".to_owned(),
        ),
        (
            "APIError".to_owned(),
            "The call failed; `kind` and `outcome` say how.".to_owned(),
        ),
    ];
    let mut all = vec![text::line(&operation.doc), route];
    all.push(text::section("Args", entries));
    if matches!(operation.result, Type::Any) {
        all.push("Returns:\n    What the server sent.".to_owned());
    }
    all.push(text::section("Raises", &raises));
    all
}
