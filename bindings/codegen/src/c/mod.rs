//! The generator of C and C++: the generated parts of `ffi/src`, and `include/`.

mod config_hpp;
mod doc;
mod errors_hpp;
mod header;
mod operations;
mod operations_hpp;
mod settings;
mod status;
mod transfers;

use crate::file::File;
use crate::spec::Spec;

/// The generated files. `surfaces` are the files written by hand, as they are about to be.
pub(crate) fn files(spec: &Spec, surfaces: &[File]) -> Result<Vec<File>, String> {
    let mut files = vec![status::file(spec), settings::file(spec)];
    files.extend(operations::files(spec)?);
    let header = header::file(&[&files, surfaces], &spec.resources())?;
    files.extend([
        header,
        errors_hpp::file(spec),
        config_hpp::file(spec),
        operations_hpp::file(spec)?,
    ]);
    Ok(files)
}
