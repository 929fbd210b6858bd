//! `penbox/resources/*.py`: a class a resource, a method an operation.

use super::method::{
    arguments, documentation, option_entries, options, params, path_entries, path_lines,
};
use super::{files, names, text, types};
use crate::spec::{Operation, Spec};

/// `resources/__init__.py`: the classes of all resources.
pub(super) fn package(spec: &Spec) -> String {
    let mut all = spec.resources();
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
    let exported = text::literal(0, "__all__ = ", ('[', ']'), &classes);
    let body = format!("{imports}\n{exported}");
    text::module("The resources of a client: groups of operations.", &body)
}

/// `resources/<resource>.py`: the class of a resource. What only annotations name is imported for type checkers alone, for
/// imports are most of the time that `import penbox` takes.
pub(super) fn module(spec: &Spec, resource: &str) -> Result<String, String> {
    let mut methods = String::new();
    let mut models = Vec::new();
    for operation in &spec.operations {
        if operation.resource() == resource {
            methods.push_str(&method(spec, operation)?);
            models.extend(operation.result.model());
        }
    }
    for operation in spec.files.iter().filter(|one| one.resource() == resource) {
        methods.push_str(&files::method(spec, operation)?);
        models.extend(operation.result.model());
    }
    let mut imports = String::from("from __future__ import annotations\n\n");
    imports.push_str("from penbox._base import Resource\nfrom penbox._checked import operation\n");
    // A default is evaluated when the module is imported, so it is not for type checkers alone.
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
    if methods.contains("-> File:") {
        imports.push_str("    from penbox._file import File\n");
    }
    let native: Vec<&str> = ["CancelToken", "NotGiven", "Pager"]
        .into_iter()
        .filter(|name| types::uses(&methods, name))
        .collect();
    if !native.is_empty() {
        imports.push_str(&text::import(4, "penbox._native", &native));
    }
    let streams: Vec<&str> = files::STREAMS
        .iter()
        .copied()
        .filter(|name| types::uses(&methods, name))
        .collect();
    if !streams.is_empty() {
        imports.push_str(&text::import(4, "penbox._streams", &streams));
    }
    let params = super::params::type_names(spec).filter(|name| types::uses(&methods, name));
    let params = names::sorted(params);
    if !params.is_empty() {
        imports.push_str(&text::import(4, "penbox.params", &params));
    }
    let class = names::class(resource);
    let doc = text::docstring(4, &[format!("The operations `{resource}.*`.")]);
    let class = format!("\n\nclass {class}(Resource):\n{doc}{methods}");
    Ok(text::module(
        &format!("The resource `{resource}`."),
        &(imports + &class),
    ))
}

/// The method of an operation that moves JSON only.
fn method(spec: &Spec, operation: &Operation) -> Result<String, String> {
    let arguments = arguments(spec, operation)?;
    let with_body = operation.has_body();
    let options = || options(with_body);

    let result = match operation.list {
        true => format!("Pager[{}]", types::output(&operation.result)),
        // In a class with a method `list`, the name means that method.
        false => types::output(&operation.result).replace("list[", "builtins.list["),
    };
    let name = names::identifier(operation.method_name())?;
    let mut out = format!("\n    @operation\n    def {name}(\n        self,\n");
    out.push_str(&path_lines(operation)?);
    out.push_str("        *,\n");
    for argument in &arguments {
        let other = match with_body {
            true => "NotGiven | None",
            false => "NotGiven",
        };
        out.push_str(&argument.line(other, "NOT_GIVEN"));
    }
    for (name, annotation) in options() {
        out.push_str(&format!("        {name}: {annotation} = None,\n"));
    }
    out.push_str(&format!("    ) -> {result}:\n"));

    let mut entries = path_entries(operation)?;
    entries.extend(arguments.iter().map(|a| (a.name.clone(), a.doc.clone())));
    entries.extend(option_entries(spec, with_body)?);
    out.push_str(&text::docstring(
        8,
        &documentation(spec, operation, &entries, &[]),
    ));

    let verb = if operation.list { "pager" } else { "call" };
    let model = operation.result.model().unwrap_or("None");
    out.push_str(&format!(
        "        result: {result} = self._native.{verb}(\n"
    ));
    out.push_str(&format!(
        "            \"{}\",\n            {model},\n",
        operation.id
    ));
    out.push_str(&params(operation, &arguments)?);
    for (name, _) in options() {
        out.push_str(&format!("            {name},\n"));
    }
    out.push_str("        )\n        return result\n");
    Ok(out)
}
