//! Answers that are kept in memory for later calls. This floor sends nothing: `call` looks here before it sends.

mod flight;
mod kept_answer;
mod key;
mod stats;
mod store;

pub(crate) use flight::{Flight, Landing};
pub(crate) use kept_answer::KeptAnswer;
pub(crate) use key::Key;
pub use stats::CacheStats;
pub(crate) use store::{Cache, Found, Lead};
