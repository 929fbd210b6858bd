//! What the generator writes for this language.

use crate::file::File;
use crate::spec::Spec;

/// The generated files.
pub(crate) fn files(_spec: &Spec) -> Result<Vec<File>, String> {
    Ok(Vec::new())
}
