//! The counts of what a client does, the watch on unusual use, and the notices of deprecated operations.

mod alert;
mod counters;
mod notices;
mod operations;
mod process;
mod report;
mod snapshot;
mod steps;

pub use alert::{Alert, AlertRule};
pub(crate) use process::Registered;
pub use process::process_stats;
pub(crate) use report::Report;
pub use snapshot::{Deprecation, OperationStats, RateLeft, Stats};
