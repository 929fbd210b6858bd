//! Results as mappings: Python's own views of them, and their place among its abstract classes.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// The module of the abstract classes, which is loaded in every process; `collections.abc` would be loaded for us alone.
const ABSTRACT: &str = "_collections_abc";

/// Makes the instances of a class instances of `Mapping`. What takes mappings then takes them: `match`, pandas, JSON encoders.
pub(crate) fn register(class: &Bound<'_, PyType>) -> PyResult<()> {
    let mapping = class.py().import(ABSTRACT)?.getattr("Mapping")?;
    mapping.call_method1("register", (class,))?;
    Ok(())
}

/// A view of a result, by its class's name, as `dict` has such views. It reads the result when it is read itself.
pub(crate) fn view<'py>(result: &Bound<'py, PyAny>, class: &str) -> PyResult<Bound<'py, PyAny>> {
    result
        .py()
        .import(ABSTRACT)?
        .getattr(class)?
        .call1((result,))
}

/// The text of a key. As in a dict a key of another type is absent and no error, and no JSON text has a lone surrogate.
pub(crate) fn key<'a>(name: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    name.cast::<PyString>().ok()?.to_str().ok()
}
