//! What was read of an object: few fields of it are, and most are read again.

use std::sync::OnceLock;

use pyo3::prelude::*;

/// As many fields of an object are read, more or less.
const USUAL: usize = 5;

/// Values by the address of the field that read them. No lock is taken to look one up.
#[derive(Default)]
pub(crate) struct FieldCache {
    places: [OnceLock<(usize, Py<PyAny>)>; USUAL],
    more: OnceLock<Box<FieldCache>>,
}

impl FieldCache {
    /// The value that a field read.
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

    /// Keeps what a field read. If another read of it was first, that one's value stays and is given.
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
