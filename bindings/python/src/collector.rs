//! Python's garbage collector.

use pyo3::intern;
use pyo3::prelude::*;

/// The collector, held off: what is being made is no garbage, and each look for some goes through all of it.
///
/// No other thread runs meanwhile, so nobody but who made this sees it.
pub(crate) struct HeldOff<'py>(Option<Bound<'py, PyModule>>);

impl<'py> HeldOff<'py> {
    /// Nothing changes where the collector is off already.
    pub(crate) fn new(py: Python<'py>) -> PyResult<Self> {
        let gc = py.import(intern!(py, "gc"))?;
        if !gc.call_method0(intern!(py, "isenabled"))?.is_truthy()? {
            return Ok(HeldOff(None));
        }
        gc.call_method0(intern!(py, "disable"))?;
        Ok(HeldOff(Some(gc)))
    }
}

impl Drop for HeldOff<'_> {
    fn drop(&mut self) {
        if let Some(gc) = &self.0 {
            // It has no reason to fail, and there is nobody to tell.
            let _ = gc.call_method0(intern!(gc.py(), "enable"));
        }
    }
}
