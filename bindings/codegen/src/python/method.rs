//! The parts of a method that every operation has, whether it moves JSON or a file: arguments, parameters, docstring.

use super::mode::Mode;
use super::{names, text, types};
use crate::language::Language;
use crate::spec::{Operation, Spec, Type};

/// The error of a call that its token ended.
pub(super) const CANCELLED: &str = "CancelledError";

/// The arguments that every method has: name, annotation, and the option of the contract. The limit of a call comes first,
/// for it is what callers set most.
const OPTIONS: &[(&str, &str, &str)] = &[
    ("timeout", "float | None", "timeout"),
    ("cancel", "CancelToken | None", "cancel"),
    ("extra_headers", "Mapping[str, str] | None", "headers"),
    ("extra_query", "Mapping[str, Any] | None", "query"),
    ("extra_body", "Mapping[str, Any] | None", "body"),
];

/// An argument of a method, made of a field of its parameters.
pub(super) struct Argument {
    /// The name in JSON, where the argument has Python's.
    wire: String,
    /// The name as a caller writes it.
    pub(super) name: String,
    /// The type of the value, without the default.
    annotation: String,
    pub(super) required: bool,
    /// The field's documentation on one line.
    pub(super) doc: String,
}

impl Argument {
    /// The argument's line in a signature. An optional one may also be `other`, and is `missing` where it is left out.
    pub(super) fn line(&self, other: &str, missing: &str) -> String {
        let Argument {
            name, annotation, ..
        } = self;
        match self.required {
            true => format!("        {name}: {annotation},\n"),
            false => format!("        {name}: {annotation} | {other} = {missing},\n"),
        }
    }
}

/// The arguments that an operation's parameters become, required ones first.
pub(super) fn arguments(spec: &Spec, operation: &Operation) -> Result<Vec<Argument>, String> {
    let Some(params) = &operation.params else {
        return Ok(Vec::new());
    };
    let model = spec.model(params);
    let model = model.ok_or_else(|| format!("python: there is no model {params}"))?;
    let mut arguments = Vec::new();
    for field in &model.fields {
        let name = names::identifier(&field.name)?;
        let of_path = operation.path_parameters.contains(&name);
        // Python itself would refuse the module, at its import.
        if name == "self" || of_path || OPTIONS.iter().any(|(option, ..)| *option == name) {
            return Err(format!(
                "python: {} has two arguments called {name}",
                operation.id
            ));
        }
        arguments.push(Argument {
            wire: field.name.clone(),
            name,
            annotation: types::input(&field.ty),
            required: field.required,
            doc: types::doc(spec, field),
        });
    }
    // A stable sort, so that the others keep the contract's order.
    arguments.sort_by_key(|argument| !argument.required);
    Ok(arguments)
}

/// The options of a call: name and annotation. Without a JSON body there is no `extra_body`.
pub(super) fn options(with_body: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = OPTIONS
        .iter()
        .map(|(name, annotation, _)| (*name, *annotation));
    all.filter(move |(name, _)| with_body || *name != "extra_body")
}

/// The documentation of the options of a call.
pub(super) fn option_entries(
    spec: &Spec,
    with_body: bool,
) -> Result<Vec<(String, String)>, String> {
    let options = OPTIONS.iter();
    let options = options.filter(|(name, ..)| with_body || *name != "extra_body");
    let entry = |(name, _, of): &(&str, &str, &str)| {
        let fact = spec.options.iter().find(|fact| fact.name == *of);
        let fact = fact.ok_or_else(|| format!("python: there is no option {of}"))?;
        Ok(((*name).to_owned(), Language::Python.sentences(fact)))
    };
    options.map(entry).collect()
}

/// The lines of the path's parameters in a signature: they are given by position.
pub(super) fn path_lines(operation: &Operation) -> Result<String, String> {
    let names = operation.path_parameters.iter().map(|path| {
        let name = names::identifier(path)?;
        Ok(format!("        {name}: str,\n"))
    });
    names.collect()
}

/// The documentation of the path's parameters.
pub(super) fn path_entries(operation: &Operation) -> Result<Vec<(String, String)>, String> {
    let entry = |path: &String| {
        let doc = format!("The {}, as the API gave it.", path.replace('_', " "));
        Ok((names::identifier(path)?, doc))
    };
    operation.path_parameters.iter().map(entry).collect()
}

/// The dict of parameters, on one line where it is short.
pub(super) fn params(operation: &Operation, arguments: &[Argument]) -> Result<String, String> {
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

/// A method's docstring. `raises` are the errors it has besides those of every call.
pub(super) fn documentation(
    spec: &Spec,
    operation: &Operation,
    entries: &[(String, String)],
    raises: &[(&str, &str)],
    mode: Mode,
) -> Vec<String> {
    let repeat = match operation.list {
        true => mode.pick(
            "Nothing is sent before the result is iterated; an error ends it.",
            "Nothing is sent before the result is iterated or awaited; an error ends it.",
        ),
        false => spec.repeated(operation),
    };
    let route = format!(
        "`{} {}` ({}). {repeat}",
        operation.method, operation.path, operation.source
    );
    let refused = (
        "InvalidArgumentError",
        "An argument was refused before anything was sent.",
    );
    let cancelled = match raises.iter().any(|(name, _)| *name == CANCELLED) {
        true => None,
        false => Some((CANCELLED, "The call was ended by `cancel`.")),
    };
    let failed = ("APIError", "The call failed; `kind` and `outcome` say how.");
    let raises: Vec<(String, String)> = [refused]
        .iter()
        .chain(raises)
        .chain(&cancelled)
        .chain(&[failed])
        .map(|(name, doc)| ((*name).to_owned(), (*doc).to_owned()))
        .collect();
    let mut all = vec![text::line(&operation.doc), route];
    all.push(text::section("Args", entries));
    if matches!(operation.result, Type::Any | Type::Object) {
        all.push("Returns:\n    What the server sent, as plain Python.".to_owned());
    }
    all.push(text::section("Raises", &raises));
    all
}
