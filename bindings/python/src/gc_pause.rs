//! A pause of Python's garbage collector while a large answer becomes objects.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The functions of the module `gc`, looked up when this module is made. An import at the first answer would run Python code,
/// and that answer may be read while the interpreter ends, when nothing can be imported any more.
static COLLECTOR: PyOnceLock<Collector> = PyOnceLock::new();

/// Functions of the module `gc`.
struct Collector {
    is_enabled: Py<PyAny>,
    disable: Py<PyAny>,
    enable: Py<PyAny>,
}

/// Looks up the functions of the module `gc`.
pub(crate) fn find(py: Python<'_>) -> PyResult<()> {
    let gc = py.import("gc")?;
    let function = |name| gc.getattr(name).map(Bound::unbind);
    let collector = Collector {
        is_enabled: function("isenabled")?,
        disable: function("disable")?,
        enable: function("enable")?,
    };
    // It is set already where the module was made before: those functions serve as well.
    let _ = COLLECTOR.set(py, collector);
    Ok(())
}

/// A pause of the collector, which ends when this is dropped. New objects are no garbage, and up to Python 3.11 each collection
/// that they set off goes through all of them. The GIL is held meanwhile, so no other thread sees the collector disabled.
pub(crate) struct GcPause<'py>(Option<(Python<'py>, &'py Collector)>);

impl<'py> GcPause<'py> {
    /// Begins a pause. The collector stays as it is where it is disabled already, or where its state is unknown.
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
            // `gc.enable` has no reason to fail, and a destructor has nobody to report a failure to.
            let _ = collector.enable.call0(py);
        }
    }
}
