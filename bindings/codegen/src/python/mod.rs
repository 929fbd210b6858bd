//! Writes the Python package's generated modules: resources, models, parameter types, errors, the client and its exports.

mod client;
mod errors;
mod files;
mod method;
mod models;
mod names;
mod package;
mod params;
mod resources;
mod text;
mod types;
mod with_response;

use crate::file::File;
use crate::spec::Spec;

/// The generated files.
pub(crate) fn modules(spec: &Spec) -> Result<Vec<File>, String> {
    let place = |name: &str| format!("bindings/python/python/penbox/{name}.py");
    let mut files = vec![
        File::new(place("__init__"), package::module(spec)?),
        File::new(place("_client"), client::module(spec)?),
        File::new(place("_with_response"), with_response::module(spec)?),
        File::new(place("errors"), errors::module(spec)?),
        File::new(place("models"), models::module(spec)?),
        File::new(place("params"), params::module(spec)?),
        File::new(place("resources/__init__"), resources::package(spec)),
    ];
    for resource in spec.resources() {
        let path = place(&format!("resources/{resource}"));
        files.push(File::new(path, resources::module(spec, resource)?));
    }
    Ok(files)
}
