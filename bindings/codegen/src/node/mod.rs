//! The generator of Node: the TypeScript of the facade that follows from the contract.

mod doc;
mod errors;
mod names;
mod resources;
mod settings;
mod shapes;

pub(crate) use names::{camel, pascal};

use crate::file::{File, MARK};
use crate::spec::Spec;

/// The generated files.
pub(crate) fn files(spec: &Spec) -> Result<Vec<File>, String> {
    let mut files = vec![
        file("kinds", errors::kinds(spec)),
        file("errors", errors::errors(spec)?),
        file("classes", errors::classes(spec)),
        file("models", shapes::models(spec)?),
        file("params", shapes::params(spec)?),
        file("settings", settings::settings(spec)?),
        file("resources", resources::accessors(spec)),
    ];
    let resources = spec.resources();
    for resource in &resources {
        let text = resources::resource(spec, resource)?;
        files.push(file(resource, text));
    }
    files.push(file("index", index(&resources)));
    Ok(files)
}

/// `index.ts`: the exports, all that users may import by name.
fn index(resources: &[&str]) -> String {
    let mut out = String::from("export * from \"./errors.js\";\n");
    for name in ["kinds", "models", "params", "settings"] {
        // These modules hold types only.
        out += &format!("export type * from \"./{name}.js\";\n");
    }
    for resource in resources {
        let class = names::pascal(resource);
        // As a type: the client alone makes resources.
        out += &format!("export type {{ {class} }} from \"./{resource}.js\";\n");
    }
    out
}

/// A generated file under its mark.
fn file(name: &str, text: String) -> File {
    File::new(
        format!("bindings/node/ts/generated/{name}.ts"),
        format!("// {MARK}\n{text}"),
    )
}
