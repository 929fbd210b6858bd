//! The order of the pool's calls, as the core has it.

#[path = "../../core/src/pool/call_id.rs"]
mod call_id;
#[path = "../../core/src/pool/schedule.rs"]
mod schedule;
#[path = "../../core/src/pool/shares.rs"]
mod shares;

pub(crate) use call_id::CallId;
pub(crate) use schedule::{Schedule, Work};
