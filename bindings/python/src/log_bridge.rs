//! The core's log records, given to `logging.getLogger("penbox")`.
//!
//! Whether a record is wanted is asked once a call, with the GIL, and kept as the facade's own level. So a level that is off costs the
//! core one load. The records of the libraries beneath are not passed on: a logger at DEBUG is asked for what the SDK says.

use log::{Level, LevelFilter, Log, Metadata, Record};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::exit;

/// The target of the SDK's records, and of the modules of the core.
const TARGET: &str = "penbox";

struct Bridge;

/// Gives the records to Python from here on.
pub(crate) fn open() {
    // Fails where the module is loaded a second time, as in a subinterpreter: the first bridge serves both.
    if log::set_logger(&Bridge).is_ok() {
        log::set_max_level(LevelFilter::Off);
    }
}

fn logger(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let get = || {
        let logging = py.import("logging")?;
        let logger = logging.call_method1("getLogger", (TARGET,))?;
        // As the library's documentation advises libraries: without a handler of the program nothing is printed.
        let handler = logging.call_method0("NullHandler")?;
        logger.call_method1("addHandler", (handler,))?;
        Ok::<_, PyErr>(logger.unbind())
    };
    Ok(LOGGER.get_or_try_init(py, get)?.bind(py))
}

/// Reads the logger's level, for the records of the calls that begin now.
pub(crate) fn refresh(py: Python<'_>) {
    let level = || -> PyResult<u32> {
        let logger = logger(py)?;
        logger
            .call_method0(intern!(py, "getEffectiveLevel"))?
            .extract()
    };
    // Python's numbers: DEBUG 10, INFO 20, WARNING 30, ERROR 40; 0 is all.
    let filter = match level() {
        Ok(0..=10) => LevelFilter::Debug,
        Ok(11..=20) => LevelFilter::Info,
        Ok(21..=30) => LevelFilter::Warn,
        Ok(31..=40) => LevelFilter::Error,
        Ok(_) | Err(_) => LevelFilter::Off,
    };
    if log::max_level() != filter {
        log::set_max_level(filter);
    }
}

impl Log for Bridge {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        target.starts_with(TARGET) && metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let number = match record.level() {
            Level::Error => 40,
            Level::Warn => 30,
            Level::Info => 20,
            Level::Debug | Level::Trace => 10,
        };
        let text = record.args().to_string();
        exit::attached(|py| {
            let logged = logger(py).and_then(|logger| {
                logger.call_method1(intern!(py, "log"), (number, intern!(py, "%s"), text))
            });
            // `logging` reports the errors of handlers itself; a filter's exception must not end a call.
            if let Err(error) = logged {
                error.write_unraisable(py, None);
            }
        });
    }

    fn flush(&self) {}
}
