//! Names of members as Python strings, made once: they come again in every object, and in every answer.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::strings::Strings;

/// The names of the process, while nobody uses them: bounded, so that a server cannot make them grow.
static NAMES: Mutex<Option<Strings>> = Mutex::new(None);

/// The names, taken out: making objects may run Python, which may ask for names itself, or let another thread run.
pub(crate) struct Names<'py> {
    py: Python<'py>,
    strings: Option<Strings>,
}

impl<'py> Names<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let strings = names.take();
        Names { py, strings }
    }

    /// The name as a Python string.
    #[inline]
    pub(crate) fn python(&mut self, name: &str) -> &Bound<'py, PyString> {
        let strings = self.strings.get_or_insert_with(Strings::new);
        strings.python(self.py, name)
    }
}

impl Drop for Names<'_> {
    fn drop(&mut self) {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let others = std::mem::replace(&mut *names, self.strings.take());
        drop(names);
        drop(others);
    }
}
