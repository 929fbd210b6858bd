//! `penbox/resources/*.py`: a class a resource, a method an operation.

use super::method::{
    arguments, documentation, option_entries, options, params, path_entries, path_lines,
};
use super::mode::{Mode, deeper};
use super::{files, names, text, types};
use crate::spec::{Operation, Spec};

/// `resources/__init__.py`: the classes of all resources.
pub(super) fn package(spec: &Spec, mode: Mode) -> String {
    let mut all = spec.resources();
    all.sort_unstable();
    let imports: String = all
        .iter()
        .map(|name| {
            let (package, class) = (mode.resources(), mode.class(name));
            format!("from penbox.{package}.{name} import {class}\n")
        })
        .collect();
    let classes: Vec<String> = all
        .iter()
        .map(|name| format!("\"{}\"", mode.class(name)))
        .collect();
    let exported = text::literal(0, "__all__ = ", ('[', ']'), &classes);
    let body = format!("{imports}\n{exported}");
    let doc = mode.pick(
        "The resources of a client: groups of operations.",
        "The resources of an asynchronous client: groups of operations.",
    );
    text::module(doc, &body)
}

/// `resources/<resource>.py`: the class of a resource. What only annotations name is imported for type checkers alone, for
/// imports are most of the time that `import penbox` takes.
pub(super) fn module(spec: &Spec, resource: &str, mode: Mode) -> Result<String, String> {
    let mut methods = String::new();
    let mut models = Vec::new();
    for operation in &spec.operations {
        if operation.resource() == resource {
            methods.push_str(&method(spec, operation, mode)?);
            models.extend(operation.result.model());
        }
    }
    for operation in spec.files.iter().filter(|one| one.resource() == resource) {
        methods.push_str(&files::method(spec, operation, mode)?);
        models.extend(operation.result.model());
    }
    let mut imports = String::from("from __future__ import annotations\n\n");
    imports.push_str(&base(&methods, mode));
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
    let class = mode.class(resource);
    let doc = text::docstring(4, &[format!("The operations `{resource}.*`.")]);
    let base = mode.pick("Resource", "AsyncResource");
    let class = format!("\n\nclass {class}({base}):\n{doc}{methods}");
    let of = mode.pick("", " of an asynchronous client");
    Ok(text::module(
        &format!("The resource `{resource}`{of}."),
        &(imports + &class),
    ))
}

/// The imports that every resource has.
fn base(methods: &str, mode: Mode) -> String {
    if mode == Mode::Sync {
        return "from penbox._base import Resource\nfrom penbox._checked import operation\n"
            .to_owned();
    }
    let mut out = String::from("from penbox._async_base import AsyncResource\n");
    let used = |names: &[&'static str]| -> Vec<&'static str> {
        let names = names.iter().copied();
        names.filter(|name| types::uses(methods, name)).collect()
    };
    let calls: [(&str, &[&'static str]); 4] = [
        ("penbox._async_call", &["finish"]),
        ("penbox._async_files", files::MOVES),
        ("penbox._async_pager", &["AsyncPager"]),
        ("penbox._checked", &["coroutine", "operation"]),
    ];
    for (module, names) in calls {
        let names = used(names);
        if !names.is_empty() {
            out.push_str(&text::import(0, module, &names));
        }
    }
    out
}

/// The method of an operation that moves JSON only.
fn method(spec: &Spec, operation: &Operation, mode: Mode) -> Result<String, String> {
    let arguments = arguments(spec, operation)?;
    let with_body = operation.has_body();
    let options = || options(with_body);

    let result = match operation.list {
        true => format!(
            "{}[{}]",
            mode.pick("Pager", "AsyncPager"),
            types::output(&operation.result)
        ),
        // In a class with a method `list`, the name means that method.
        false => types::output(&operation.result).replace("list[", "builtins.list["),
    };
    let name = names::identifier(operation.method_name())?;
    // A list is no coroutine: its pager is iterated or awaited.
    let head = match operation.list {
        true => Mode::Sync.head(),
        false => mode.head(),
    };
    let mut out = format!("\n{head} {name}(\n        self,\n");
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
        &documentation(spec, operation, &entries, &[], mode),
    ));

    let verb = match operation.list {
        true => mode.pick("pager", "list"),
        false => "call",
    };
    let model = operation.result.model().unwrap_or("None");
    let mut call = format!(
        "self._native.{verb}(\n            \"{}\",\n            {model},\n",
        operation.id
    );
    call.push_str(&params(operation, &arguments)?);
    for (name, _) in options() {
        call.push_str(&format!("            {name},\n"));
    }
    call.push_str("        )\n");
    out.push_str(&match mode {
        Mode::Sync => format!("        result: {result} = {call}"),
        Mode::Async => {
            let wrap = if operation.list {
                "AsyncPager"
            } else {
                "await finish"
            };
            let call = deeper(&format!("        {call}"));
            format!("        result: {result} = {wrap}(\n{call}        )\n")
        }
    });
    out.push_str("        return result\n");
    Ok(out)
}
