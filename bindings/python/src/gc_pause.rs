//! Python's garbage collector.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The collector's own functions, looked up when the module is made. They run no Python code; an import would, at the first
/// answer, which may be read when the interpreter ends and nothing can be imported any more.
static COLLECTOR: PyOnceLock<Collector> = PyOnceLock::new();

struct Collector {
    is_enabled: Py<PyAny>,
    disable: Py<PyAny>,
    enable: Py<PyAny>,
}

/// Looks the functions up.
pub(crate) fn find(py: Python<'_>) -> PyResult<()> {
    let gc = py.import("gc")?;
    let function = |name| gc.getattr(name).map(Bound::unbind);
    let collector = Collector {
        is_enabled: function("isenabled")?,
        disable: function("disable")?,
        enable: function("enable")?,
    };
    // Another interpreter of the process was first.
    let _ = COLLECTOR.set(py, collector);
    Ok(())
}

/// The collector, held off: what is being made is no garbage, and until Python 3.11 each look for some, in the middle of it,
/// goes through all of it. No other thread runs meanwhile, so nobody but who made this sees it.
pub(crate) struct GcPause<'py>(Option<(Python<'py>, &'py Collector)>);

impl<'py> GcPause<'py> {
    /// Nothing changes where the collector is off already, or where that cannot be told.
    pub(crate) fn new(py: Python<'py>) -> Self {
        let held = COLLECTOR.get(py).filter(|collector| {
            let is_enabled = collector.is_enabled.call0(py);
            is_enabled.is_ok_and(|enabled| enabled.is_truthy(py).unwrap_or(false))
                && collector.disable.call0(py).is_ok()
        });
        GcPause(held.map(|collector| (py, collector)))
    }
}

impl Drop for GcPause<'_> {
    fn drop(&mut self) {
        if let Some((py, collector)) = self.0 {
            // It has no reason to fail, and there is nobody to tell.
            let _ = collector.enable.call0(py);
        }
    }
}
