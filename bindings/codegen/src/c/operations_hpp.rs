//! `include/penbox/operations.hpp`: a C++ class a resource, a method an operation.

use super::{MARK, doc};
use crate::file::File;
use crate::spec::{Operation, Spec};

pub(super) fn file(spec: &Spec) -> File {
    let resources = super::operations::resources(spec);
    let mut text = format!(
        "/// A class a resource, a method an operation. {MARK}

#ifndef PENBOX_OPERATIONS_HPP
#define PENBOX_OPERATIONS_HPP

#include \"options.hpp\"
#include \"pager.hpp\"
#include \"params.hpp\"

namespace penbox {{

namespace detail {{

/// The function of an operation, or of the pager of a list.
template <class Out>
using Operation = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *, Out **,
                                    penbox_error **);

template <class Out>
Handle<Out> call(Operation<Out> operation, const penbox_client *client, const Params &params, const Options &options) {{
    return make<Out>(
        [&](Out **out, penbox_error **err) {{ return operation(client, params.get(), options.get(), out, err); }});
}}

}} // namespace detail
"
    );
    for resource in &resources {
        text.push_str(&class(spec, resource));
    }
    text.push_str(
        "
/// The resources of a client, which get() gives the handle of.
template <class Self>
class Resources {
  public:
",
    );
    for resource in &resources {
        let class = class_name(resource);
        text.push_str(&format!(
            "    {class} {resource}() const noexcept {{
        return {class}(static_cast<const Self *>(this)->get());
    }}\n"
        ));
    }
    text.push_str("};\n\n} // namespace penbox\n\n#endif\n");
    File::new("include/penbox/operations.hpp", text)
}

fn class(spec: &Spec, resource: &str) -> String {
    let class = class_name(resource);
    let mut text = format!(
        "
/// `{resource}`.
class {class} {{
  public:
    explicit {class}(const penbox_client *client) noexcept : client_(client) {{}}
"
    );
    for operation in &spec.operations {
        if operation.resource() == resource {
            text.push_str(&method(spec, operation));
        }
    }
    text.push_str("\n  private:\n    const penbox_client *client_;\n};\n");
    text
}

fn method(spec: &Spec, operation: &Operation) -> String {
    let comment = doc::comment("    ///", &doc::operation(spec, operation, 110, true));
    let name = operation.method_name();
    let function = format!("penbox_{}_{name}", operation.resource());
    let (result, function) = match operation.list {
        true => ("Pager", format!("{function}_pager")),
        false => ("Value", function),
    };
    let model = operation.params.as_ref().and_then(|name| spec.model(name));
    let mut arguments: Vec<String> = operation
        .path_parameters
        .iter()
        .map(|name| format!("std::string_view {name}"))
        .collect();
    if let Some(model) = model {
        let default = match model.fields.iter().any(|field| field.required) {
            true => "",
            false => " = {}",
        };
        arguments.push(format!("const Params &params{default}"));
    }
    arguments.push("const Options &options = {}".to_owned());
    let mut params = match model {
        Some(_) => "params".to_owned(),
        None => "Params()".to_owned(),
    };
    if !operation.path_parameters.is_empty() && model.is_some() {
        params = "Params(params)".to_owned();
    }
    for name in &operation.path_parameters {
        params.push_str(&format!(".set(\"/{name}\", {name})"));
    }
    format!(
        "
{comment}    {result} {name}({}) const {{
        return {result}(detail::call({function}, client_, {params}, options));
    }}
",
        arguments.join(", ")
    )
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
