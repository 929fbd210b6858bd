//! The one send path: every operation of every language sends its requests here.
//!
//! A call comes in by `entry`. `attempts` repeats it as `retry` and `retry_quota` allow, `admission` holds each attempt back as
//! `throttle` and `rate_limiter` demand, `authorization` brings its token, and `sender` makes the one exchange of an attempt.

mod admission;
mod attempts;
mod authorization;
mod call;
pub(crate) mod classify;
mod ended;
mod entry;
pub(crate) mod error_body;
mod file_answer;
#[doc(hidden)]
pub mod given;
mod headers;
mod hook_headers;
mod http_date;
mod lenient_json;
pub(crate) mod mark;
mod minimum_throughput;
mod observe;
mod option_table;
mod option_values;
pub(crate) mod options;
mod passed_limit;
mod preflight;
mod probe;
mod rate_limiter;
mod rate_log;
mod recorder;
mod refused_token;
pub(crate) mod request;
mod response_body;
pub(crate) mod retry;
pub(crate) mod retry_after;
mod retry_quota;
pub(crate) mod runtime;
pub(crate) mod sender;
mod state;
pub(crate) mod suspension;
mod sync;
pub(crate) mod throttle;
mod transfers;
mod usage;
pub(crate) mod watches;
mod writes;

pub(crate) use ended::{cancelled, over, over_before_start};
pub(crate) use given::json_object;
pub use option_table::{CallOption, OPTIONS};
pub use options::CallOptions;
pub(crate) use probe::ProbeHead;
pub use recorder::{Recorder, ResponseInfo};
pub(crate) use request::{JSON, PreparedRequest};
pub use request::{Method, Safety};
pub(crate) use response_body::{cut_short, ends_by_close, unusable, whole as whole_body};
pub(crate) use sender::{Received, Sender};
pub(crate) use writes::Tally;
