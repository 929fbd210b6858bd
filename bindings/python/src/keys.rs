//! Names of members as Python strings. They are made once, for the same names stand in every object and every answer.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::strings::Strings;

/// The names of the process while no thread uses them. Their number is bounded, so that a server cannot fill the memory.
static NAMES: Mutex<Option<Strings>> = Mutex::new(None);

/// The names in use by one thread, taken out of `NAMES`. A lock over the whole use could deadlock: making objects may run
/// Python code, which may need names itself or let another thread run.
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
        // Outside of the lock: the table that another thread has put there may be large.
        drop(names);
        drop(others);
    }
}
