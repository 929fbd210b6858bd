//! A class a resource, a method an operation.

use super::doc::comment;
use super::names::{camel, pascal};
use crate::spec::{Operation, Spec, Type};

const WIDTH: usize = 110;

/// The resources in the order of the contract.
pub(super) fn names(spec: &Spec) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for operation in &spec.operations {
        if !names.contains(&operation.resource()) {
            names.push(operation.resource());
        }
    }
    names
}

/// What the client inherits: a member a resource.
pub(super) fn accessors(spec: &Spec) -> String {
    let names = names(spec);
    let mut out = String::from("import type { Caller } from \"../caller.js\";\n");
    let mut sorted = names.clone();
    sorted.sort_unstable();
    for name in sorted {
        out += &format!("import {{ {} }} from \"./{name}.js\";\n", pascal(name));
    }
    out += "\n/** The resources of a client. */\nexport class Resources {\n";
    for name in &names {
        out += &format!(
            "  /** The operations of `{name}`. */\n  readonly {}: {};\n",
            camel(name),
            pascal(name)
        );
    }
    out += "\n  /** @internal */\n  constructor(caller: Caller) {\n";
    for name in &names {
        out += &format!("    this.{} = new {}(caller);\n", camel(name), pascal(name));
    }
    out + "  }\n}\n"
}

/// The class of a resource.
pub(super) fn resource(spec: &Spec, resource: &str) -> Result<String, String> {
    let operations: Vec<&Operation> = (spec.operations.iter())
        .filter(|operation| operation.resource() == resource)
        .collect();
    let mut out = String::from(
        "import type { Caller } from \"../caller.js\";\nimport type { CallOptions } from \"../options.js\";\n",
    );
    if operations.iter().any(|operation| operation.list) {
        out += "import type { Pager } from \"../pager.js\";\n";
    }
    let results = operations
        .iter()
        .filter_map(|operation| match &operation.result {
            Type::Model { name } => Some(name.as_str()),
            _ => None,
        });
    out += &import("models", results.collect());
    let params = operations
        .iter()
        .filter_map(|operation| operation.params.as_deref());
    out += &import("params", params.collect());
    out += &format!(
        "\n/** The operations of `{resource}`. */\nexport class {} {{\n  readonly #caller: Caller;\n\n  /** @internal */\n  constructor(caller: Caller) {{\n    this.#caller = caller;\n  }}\n",
        pascal(resource)
    );
    for operation in operations {
        out += &method(spec, operation)?;
    }
    Ok(out + "}\n")
}

fn import(file: &str, mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.dedup();
    match names.is_empty() {
        true => String::new(),
        false => format!(
            "import type {{ {} }} from \"./{file}.js\";\n",
            names.join(", ")
        ),
    }
}

fn method(spec: &Spec, operation: &Operation) -> Result<String, String> {
    let Type::Model { name: result } = &operation.result else {
        return Err(format!("{} gives no model", operation.id));
    };
    let mut arguments: Vec<String> = (operation.path_parameters.iter())
        .map(|name| format!("{name}: string"))
        .collect();
    let path = operation.path_parameters.join(", ");
    let mut params = match path.is_empty() {
        true => "undefined".to_owned(),
        false => format!("{{ {path} }}"),
    };
    if let Some(name) = &operation.params {
        let model = spec.model(name).ok_or_else(|| format!("no model {name}"))?;
        let optional = if model.fields.iter().any(|field| field.required) {
            ""
        } else {
            "?"
        };
        arguments.push(format!("params{optional}: {name}"));
        params = match path.is_empty() {
            true => "params".to_owned(),
            false => format!("{{ ...params, {path} }}"),
        };
    }
    arguments.push("options?: CallOptions".to_owned());
    let (call, returned) = match operation.list {
        true => ("list", format!("Pager<{result}>")),
        false => ("call", format!("Promise<{result}>")),
    };
    let name = camel(operation.method_name());
    let mut head = format!("  {name}({}): {returned} {{\n", arguments.join(", "));
    if head.len() > WIDTH + 1 {
        head = format!(
            "  {name}(\n    {},\n  ): {returned} {{\n",
            arguments.join(",\n    ")
        );
    }
    Ok(format!(
        "\n{}{head}    return this.#caller.{call}({:?}, {params}, options);\n  }}\n",
        comment(spec, "  ", &told(operation)),
        operation.id
    ))
}

/// What a method's doc comment says.
fn told(operation: &Operation) -> String {
    let repeat = match operation.safety.as_str() {
        "unsafe" => {
            "Sent twice it acts twice: after an error look at its `outcome` before calling again."
        }
        _ => "May be repeated.",
    };
    let failing = match operation.list {
        true => {
            "@throws InvalidArgumentError at once for parameters that are refused; any other PenboxError while iterating."
        }
        false => "@throws PenboxError, as a rejection.",
    };
    format!(
        "{}\n\n`{} {}`, described at `{}`. {repeat}\n\n{failing}",
        operation.doc, operation.method, operation.path, operation.source
    )
}
