//! The documentation of the results' fields, for `help()`.

use pyo3::prelude::*;

use crate::model::Field;

/// Gives each field its own documentation. As an attribute of the class's own it would be every field's.
pub(crate) fn describe(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let property = module.py().import("builtins")?.getattr("property")?;
    let text = property.call1((wrap_pyfunction!(text, module)?,))?;
    module.py().get_type::<Field>().setattr("__doc__", text)
}

/// The text of a field. It is read from the source when somebody asks.
#[pyfunction]
fn text<'py>(field: &Bound<'py, Field>) -> PyResult<Bound<'py, PyAny>> {
    let docs = field.py().import("penbox._field_docs")?;
    docs.call_method1("doc", (field,))
}
