//! The tables of named methods that the conformance testees of C and Rust call. The testees of Python and Node read the
//! spec themselves, for their languages can look a method up by its name.

mod c;
mod rust;

use crate::file::File;
use crate::spec::Spec;

/// The generated files.
pub(crate) fn files(spec: &Spec) -> Result<Vec<File>, String> {
    let mut files = c::files(spec);
    files.push(rust::file(spec)?);
    Ok(files)
}
