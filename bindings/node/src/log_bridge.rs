//! The core's log records, given to the logger of the client whose call they are about.
//!
//! The level of the facade is that of the most talkative client of the process. Whether a record is wanted by its own client is known
//! by the mark of the call that runs on the thread. Records beside a call have no client, and go nowhere; nor do those of the libraries beneath.

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::observer;

/// The target of the SDK's records, and of the modules of the core.
const TARGET: &str = "penbox";

struct Bridge;

/// Has records of this level made.
pub(crate) fn open(level: LevelFilter) {
    // Fails where the bridge is there already.
    let _ = log::set_logger(&Bridge);
    // Two clients may be made at once on two threads. The lower level of them would hold for a client of the higher one only where both
    // read before one writes; the loop closes that.
    while log::max_level() < level {
        log::set_max_level(level);
    }
}

/// The level of this name.
pub(crate) fn named(name: &str) -> Option<LevelFilter> {
    match name {
        "debug" => Some(LevelFilter::Debug),
        "info" => Some(LevelFilter::Info),
        "warn" => Some(LevelFilter::Warn),
        "error" => Some(LevelFilter::Error),
        _ => None,
    }
}

impl Log for Bridge {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(TARGET) && metadata.level() <= observer::level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let level = match record.level() {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug | Level::Trace => "debug",
        };
        observer::log(level, &record.args().to_string());
    }

    fn flush(&self) {}
}
