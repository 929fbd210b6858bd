//! A field of a result class: a descriptor that reads its member from the document when it is first asked.

use penbox_core::bindings::Node;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors::guarded;
use crate::model::{Handle, Model};
use crate::value;

/// A read-only field of a result class. Absent and null both read as None.
#[pyclass(frozen, generic, module = "penbox._native")]
pub(crate) struct Field {
    /// The member's name on the wire.
    #[pyo3(get)]
    key: String,
    /// The class of the object, or of each item of the list; None for what is given as plain Python.
    #[pyo3(get)]
    model: Option<Py<PyType>>,
    /// Whether `repr` hides it: it tells who a person is, opens their form, or may hold anything.
    #[pyo3(get)]
    hidden: bool,
}

#[pymethods]
impl Field {
    #[new]
    #[pyo3(signature = (key, model=None, *, hidden=false))]
    fn new(key: String, model: Option<Py<PyType>>, hidden: bool) -> Field {
        Field { key, model, hidden }
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: Option<&Bound<'py, PyAny>>,
        owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        match instance {
            None => Ok(slf.clone().into_any()),
            Some(instance) => {
                let model = instance.cast::<Model>()?;
                guarded(slf.py(), || model.get().read(slf))
            }
        }
    }

    fn __set__(&self, instance: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let _ = value;
        Err(read_only(instance))
    }

    fn __delete__(&self, instance: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(read_only(instance))
    }

    fn __repr__(&self) -> String {
        format!("<field {:?}>", self.key)
    }
}

impl Field {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn hidden(&self) -> bool {
        self.hidden
    }

    /// The member of `object` as this field gives it.
    pub(crate) fn value<'py>(
        &self,
        handle: &Bound<'py, Handle>,
        object: Node<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = handle.py();
        let Some(node) = object.field(&self.key) else {
            return Ok(py.None().into_bound(py));
        };
        value::shaped(
            self.model.as_ref().map(|model| model.bind(py)),
            handle,
            node,
        )
    }
}

fn read_only(instance: &Bound<'_, PyAny>) -> PyErr {
    match instance.get_type().name() {
        Ok(class) => PyAttributeError::new_err(format!(
            "a {class} is what the server sent and cannot be changed; to_dict() gives a copy that can"
        )),
        Err(error) => error,
    }
}
