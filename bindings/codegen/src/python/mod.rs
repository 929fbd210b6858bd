//! Writes the Python package's generated modules: resources, models, parameter types, errors, the client and its exports.

mod client;
mod errors;
mod files;
mod method;
mod mode;
mod models;
mod names;
mod package;
mod params;
mod resources;
mod text;
mod types;
mod with_response;

use self::mode::Mode;
use crate::file::File;
use crate::spec::Spec;

/// The generated files.
pub(crate) fn modules(spec: &Spec) -> Result<Vec<File>, String> {
    let place = |name: &str| format!("bindings/python/python/penbox/{name}.py");
    let mut files = vec![
        File::new(place("__init__"), package::module(spec)?),
        File::new(place("errors"), errors::module(spec)?),
        File::new(place("models"), models::module(spec)?),
        File::new(place("params"), params::module(spec)?),
    ];
    for mode in [Mode::Sync, Mode::Async] {
        let named = |name: &str| place(&format!("{}{name}", mode.pick("_", "_async_")));
        let folder = mode.resources();
        files.extend([
            File::new(named("client"), client::module(spec, mode)?),
            File::new(named("with_response"), with_response::module(spec, mode)?),
            File::new(
                place(&format!("{folder}/__init__")),
                resources::package(spec, mode),
            ),
        ]);
        for resource in spec.resources() {
            let path = place(&format!("{folder}/{resource}"));
            files.push(File::new(path, resources::module(spec, resource, mode)?));
        }
    }
    Ok(files)
}
