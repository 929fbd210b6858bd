//! `<resource>.ts`: a class a resource, a method an operation.

use super::doc::comment;
use super::names::{alias, camel, pascal};
use super::shapes::written;
use crate::spec::{Field, Operation, Spec, Type};

/// The longest line, as prettier has it: a longer one is broken where prettier would break it.
const WIDTH: usize = 110;

/// `resources.ts`: the class that the client inherits, with a member a resource.
pub(super) fn accessors(spec: &Spec) -> String {
    let names = spec.resources();
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
    let operations: Vec<&Operation> = (spec.operations.iter().chain(&spec.files))
        .filter(|operation| operation.resource() == resource)
        .collect();
    let mut methods = String::new();
    let mut used = Vec::new();
    for operation in &operations {
        let method = Method::of(spec, operation)?;
        used.extend(method.files.iter().copied());
        methods += &method.text(spec, operation)?;
    }
    let mut out = String::from("import type { Caller } from \"../caller.js\";\n");
    out += &import("../files", used);
    out += "import type { CallOptions } from \"../options.js\";\n";
    if operations.iter().any(|operation| operation.list) {
        out += "import type { Pager } from \"../pager.js\";\n";
    }
    let results = operations.iter();
    let results = results.filter_map(|operation| model_of(&operation.result));
    out += &import("./models", results.collect());
    let params = operations.iter();
    let params = params.filter_map(|operation| operation.params.as_deref());
    out += &import("./params", params.collect());
    out += &format!(
        "\n/** The operations of `{resource}`. */\nexport class {} {{\n  readonly #caller: Caller;\n\n  /** @internal */\n  constructor(caller: Caller) {{\n    this.#caller = caller;\n  }}\n",
        pascal(resource)
    );
    Ok(out + &methods + "}\n")
}

/// An import of types, one name a line where it is too long; nothing without names.
fn import(file: &str, mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    let line = format!(
        "import type {{ {} }} from \"{file}.js\";\n",
        names.join(", ")
    );
    // The line break counts, too.
    match line.len() > WIDTH + 1 {
        true => format!(
            "import type {{\n  {},\n}} from \"{file}.js\";\n",
            names.join(",\n  ")
        ),
        false => line,
    }
}

/// The model that a type names.
fn model_of(ty: &Type) -> Option<&str> {
    match ty {
        Type::Model { name, .. } => Some(name),
        Type::List { of } => model_of(of),
        _ => None,
    }
}

/// The object from identifiers to the wire's names, for parameters that have both.
fn aliases(spec: &Spec, operation: &Operation) -> Option<String> {
    let model = spec.model(operation.params.as_deref()?)?;
    let pair = |field: &Field| Some(format!("{}: {:?}", alias(&field.name)?, field.name));
    let pairs: Vec<String> = model.fields.iter().filter_map(pair).collect();
    (!pairs.is_empty()).then(|| format!("{{ {} }}", pairs.join(", ")))
}

/// The parts of a method, before they are text.
struct Method {
    /// The arguments with their types.
    arguments: Vec<String>,
    /// The values handed on to the caller after the operation's id.
    given: Vec<String>,
    /// The method of the hand-written `Caller` that does the work.
    call: &'static str,
    /// The type of the result.
    returned: String,
    /// The types of `files.ts` that the signature names.
    files: Vec<&'static str>,
}

impl Method {
    /// The parts of an operation's method. It fails for an operation that the hand-written `Caller` cannot make.
    fn of(spec: &Spec, operation: &Operation) -> Result<Method, String> {
        let mut arguments: Vec<String> = (operation.path_parameters.iter())
            .map(|name| format!("{name}: string"))
            .collect();
        let path = operation.path_parameters.join(", ");
        let mut params = match path.is_empty() {
            true => "undefined".to_owned(),
            false => format!("{{ {path} }}"),
        };
        // What the caller adds to the parameters.
        let mut own = Vec::new();
        let upload = operation.transfer == "upload";
        if let Some(name) = &operation.params {
            let model = spec.model(name).ok_or_else(|| format!("no model {name}"))?;
            let required = !upload && model.fields.iter().any(|field| field.required);
            let optional = if required { "" } else { "?" };
            let ty = match upload {
                true => format!("{name} & UploadOptions"),
                false => name.clone(),
            };
            arguments.push(format!("params{optional}: {ty}"));
            params = "params".to_owned();
            if !path.is_empty() {
                own.push(format!("path: {{ {path} }}"));
            }
            if let Some(names) = aliases(spec, operation) {
                own.push(format!("names: {names}"));
            }
        }
        let result = written(spec, &operation.result, false)?;
        let mut method = Method {
            arguments,
            given: vec![params],
            call: "call",
            returned: format!("Promise<{result}>"),
            files: Vec::new(),
        };
        match operation.transfer.as_str() {
            "none" if operation.list => {
                method.call = "list";
                method.returned = format!("Pager<{result}>");
            }
            "none" => {}
            "upload" => {
                method.call = "upload";
                method.arguments.insert(0, "source: FileSource".to_owned());
                method.given.insert(0, "source".to_owned());
                method.files = vec!["FileSource", "UploadOptions"];
            }
            "download" => {
                method.call = "download";
                method.arguments.push("into?: DownloadOptions".to_owned());
                method.given.push("into".to_owned());
                method.files = vec!["DownloadOptions", "File"];
            }
            other => return Err(format!("{} moves by {other}", operation.id)),
        }
        method.arguments.push("options?: CallOptions".to_owned());
        method.given.push("options".to_owned());
        if !own.is_empty() {
            // The hand-written `upload` and `download` take no such argument.
            if operation.transfer != "none" {
                return Err(format!(
                    "{}: a file beside parameters of its own",
                    operation.id
                ));
            }
            method.given.push(format!("{{ {} }}", own.join(", ")));
        }
        Ok(method)
    }

    /// The method with its doc comment.
    fn text(&self, spec: &Spec, operation: &Operation) -> Result<String, String> {
        let name = camel(operation.method_name());
        let returned = &self.returned;
        let mut head = format!("  {name}({}): {returned} {{\n", self.arguments.join(", "));
        if head.len() > WIDTH + 1 {
            let arguments = self.arguments.join(",\n    ");
            head = format!("  {name}(\n    {arguments},\n  ): {returned} {{\n");
        }
        Ok(format!(
            "\n{}{head}    return this.#caller.{}({:?}, {});\n  }}\n",
            comment(spec, "  ", &told(spec, operation)),
            self.call,
            operation.id,
            self.given.join(", ")
        ))
    }
}

/// The text of a method's doc comment.
fn told(spec: &Spec, operation: &Operation) -> String {
    let failing = match (operation.list, operation.transfer.as_str()) {
        (true, _) => {
            "@throws InvalidArgumentError at once for parameters that are refused; any other PenboxError while iterating."
        }
        (_, "none") => "@throws PenboxError, as a rejection.",
        _ => {
            "@throws PenboxError, as a rejection: FileError for a local file or stream, CancelledError where `onProgress` returned false or the `signal` was aborted."
        }
    };
    format!(
        "{}\n\n`{} {}`, described at `{}`. {}\n\n{failing}",
        operation.doc,
        operation.method,
        operation.path,
        operation.source,
        spec.repeated(operation)
    )
}
