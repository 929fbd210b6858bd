//! `include/penbox/operations.hpp`: a C++ class a resource, a method an operation.

use super::doc;
use super::transfers::{self, Method};
use crate::file::{File, MARK};
use crate::language::Language;
use crate::spec::{Operation, Spec};
use crate::wrap::wrap;

/// The longest line: `ColumnLimit` of `.clang-format`, which the tests hold the header against.
const WIDTH: usize = 120;

/// Keywords of C++ that a name of the API may be.
const KEYWORDS: &[&str] = &[
    "and",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "namespace",
    "new",
    "not",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "requires",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
    "xor",
];

/// The header.
pub(super) fn file(spec: &Spec) -> Result<File, String> {
    let resources = spec.resources();
    let mut text = format!(
        "/// A class a resource, a method an operation. {MARK}

#ifndef PENBOX_OPERATIONS_HPP
#define PENBOX_OPERATIONS_HPP

#include \"files.hpp\"
#include \"pager.hpp\"

namespace penbox {{

namespace detail {{

/// The function of an operation, or of the pager of a list.
template <class Out>
using Operation = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *, Out **,
                                    penbox_error **);

template <class Out>
Handle<Out> call(Operation<Out> operation, std::shared_ptr<const penbox_client> client, const Params &params,
                 const Options &options) {{
    return make<Out>(
        [&](Out **out, penbox_error **err) {{ return operation(client.get(), params.get(), options.get(), out, err); }});
}}

}} // namespace detail
"
    );
    for resource in &resources {
        text.push_str(&class(spec, resource)?);
    }
    text.push_str(
        "
/// The resources of a client, which share() gives the handle of.
template <class Self>
class Resources {
  public:
",
    );
    for resource in &resources {
        let class = class_name(resource);
        text.push_str(&format!(
            "    {class} {resource}() const noexcept {{
        return {class}(static_cast<const Self *>(this)->share());
    }}\n"
        ));
    }
    text.push_str("};\n\n} // namespace penbox\n\n#endif\n");
    Ok(File::new("include/penbox/operations.hpp", text))
}

/// The class of a resource. It shares the client's handle, so that it may outlive the client.
fn class(spec: &Spec, resource: &str) -> Result<String, String> {
    let class = class_name(resource);
    let mut text = format!(
        "
/// `{resource}`.
class {class} {{
  public:
    explicit {class}(std::shared_ptr<const penbox_client> client) noexcept : client_(std::move(client)) {{}}
"
    );
    for operation in &spec.operations {
        if operation.resource() == resource {
            text.push_str(&method(spec, operation));
        }
    }
    for operation in &spec.files {
        if operation.resource() == resource {
            for way in transfers::methods(operation) {
                text.push_str(&file_method(spec, operation, way)?);
            }
        }
    }
    text.push_str("\n  private:\n    std::shared_ptr<const penbox_client> client_;\n};\n");
    Ok(text)
}

/// The method of an operation that moves JSON only.
fn method(spec: &Spec, operation: &Operation) -> String {
    // Narrower than `WIDTH`, since the comment is indented and has a mark.
    let comment = doc::comment("    ///", &doc::operation(spec, operation, 110, true));
    let function = operation.c_function();
    let (result, function) = match operation.list {
        true => ("Pager", format!("{function}_pager")),
        false => ("Value", function),
    };
    let mut arguments = path(operation);
    arguments.extend(params_argument(spec, operation, false));
    arguments.push("const Options &options = {}".to_owned());
    let params = params(operation);
    let call = |params: &str| {
        format!("        return {result}(detail::call({function}, client_, {params}, options));\n")
    };
    let mut body = call(&params);
    if body.trim_end().len() > WIDTH {
        body = format!("        const Params all = {params};\n{}", call("all"));
    }
    let head = head(result, &identifier(operation.method_name()), &arguments);
    format!("\n{comment}{head}{body}    }}\n")
}

/// A method that moves a file.
fn file_method(spec: &Spec, operation: &Operation, way: &Method) -> Result<String, String> {
    let mut about = doc::operation(spec, operation, 110, true);
    let words = transfers::about(spec, Language::Cpp, way.facts, way.own)?;
    let words = format!("{words} `progress` is called while bytes move, and cancels with false.");
    let mut more = wrap(&words, 110, "", "");
    more.push(String::new());
    // The first paragraph says what the operation does; the way comes after it.
    let place = about
        .iter()
        .position(String::is_empty)
        .map_or(0, |at| at + 1);
    about.splice(place..place, more);

    let result = match operation.transfer.as_str() {
        "upload" => "Value",
        _ => "File",
    };
    let mut arguments = path(operation);
    let given = way.arguments.iter().map(|(ty, name)| match *name {
        "overwrite" => format!("{ty}{name} = false"),
        _ => format!("{ty}{name}"),
    });
    let own = params_argument(spec, operation, way.named);
    // C++ wants the parameters with a default last.
    let (late, early): (Vec<String>, Vec<String>) =
        given.chain(own).partition(|text| text.contains(" = "));
    arguments.extend(early);
    arguments.extend(late);
    arguments.extend(
        [
            "const Progress &progress = {}",
            "const Options &options = {}",
        ]
        .map(str::to_owned),
    );
    let (all, params) = match operation.path_parameters.is_empty() {
        true => (String::new(), params(operation)),
        false => (
            format!("        const Params all = {};\n", params(operation)),
            "all".to_owned(),
        ),
    };
    let names: String = way
        .arguments
        .iter()
        .map(|(_, name)| format!(", {name}"))
        .collect();
    let name = format!("{}_{}", operation.method_name(), way.name);
    let function = format!("{}_{}", operation.c_function(), way.way);
    Ok(format!(
        "
{}{}{all}        detail::Transfer transfer(client_, {params}, options, progress);
        return transfer.{}_{}({function}{names});
    }}
",
        doc::comment("    ///", &about),
        head(result, &name, &arguments),
        operation.transfer,
        way.name,
    ))
}

/// The arguments for the values of the path.
fn path(operation: &Operation) -> Vec<String> {
    let names = operation.path_parameters.iter();
    names
        .map(|name| format!("const Text &{}", identifier(name)))
        .collect()
}

/// The argument for the parameters beyond those of the path; one that nobody has to give, or with `named`, has a default.
fn params_argument(spec: &Spec, operation: &Operation, named: bool) -> Option<String> {
    let model = spec.model(operation.params.as_ref()?)?;
    let needed = model.fields.iter().any(|field| field.required) && !named;
    Some(format!(
        "const Params &params{}",
        if needed { "" } else { " = {}" }
    ))
}

/// The expression of all parameters, those of the path set on a copy of the caller's.
fn params(operation: &Operation) -> String {
    let mut text = match (&operation.params, operation.path_parameters.is_empty()) {
        (Some(_), true) => "params".to_owned(),
        (Some(_), false) => "Params(params)".to_owned(),
        (None, _) => "Params()".to_owned(),
    };
    for name in &operation.path_parameters {
        text.push_str(&format!(".set(\"/{name}\", {})", identifier(name)));
    }
    text
}

/// The head of a method; arguments that do not fit stand below the first.
fn head(result: &str, name: &str, arguments: &[String]) -> String {
    let start = format!("    {result} {name}(");
    let indent = " ".repeat(start.len());
    let mut lines = vec![start];
    for (position, argument) in arguments.iter().enumerate() {
        let last = position + 1 == arguments.len();
        let text = format!("{argument}{}", if last { ") const {" } else { "," });
        let line = lines
            .last_mut()
            .map(|line| (line.len(), line.ends_with('('), line));
        if let Some((length, first, line)) = line {
            if first {
                line.push_str(&text);
                continue;
            }
            if length + 1 + text.len() <= WIDTH {
                line.push(' ');
                line.push_str(&text);
                continue;
            }
        }
        lines.push(format!("{indent}{text}"));
    }
    lines.join("\n") + "\n"
}

/// A name as C++ takes it: its keywords get an underscore.
fn identifier(name: &str) -> String {
    match KEYWORDS.contains(&name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// `FormTemplates` of `form_templates`.
fn class_name(resource: &str) -> String {
    resource
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}
