//! The values that were read of an object. A program reads few fields of each, and most of them again.

use std::sync::OnceLock;

use pyo3::prelude::*;

/// The values in the first block. Most programs read no more fields of an object; each further block is an allocation.
const USUAL: usize = 5;

/// Values by the address of the field that read them, in a chain of blocks. A look-up takes no lock.
#[derive(Default)]
pub(crate) struct FieldCache {
    places: [OnceLock<(usize, Py<PyAny>)>; USUAL],
    more: OnceLock<Box<FieldCache>>,
}

impl FieldCache {
    /// The value that a field has read, if it has.
    #[inline]
    pub(crate) fn get<'py>(&self, py: Python<'py>, field: usize) -> Option<Bound<'py, PyAny>> {
        for place in &self.places {
            let (other, value) = place.get()?;
            if *other == field {
                return Some(value.bind(py).clone());
            }
        }
        self.more.get()?.get(py, field)
    }

    /// Keeps a value that a field has read, and returns it. If another read was first, the value of that read is kept and
    /// returned: a field gives the same object at every read.
    pub(crate) fn keep<'py>(&self, field: usize, value: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
        for place in &self.places {
            if place.get().is_none() && place.set((field, value.clone().unbind())).is_ok() {
                return value;
            }
            if let Some((other, kept)) = place.get()
                && *other == field
            {
                return kept.bind(value.py()).clone();
            }
        }
        self.more.get_or_init(Box::default).keep(field, value)
    }
}
