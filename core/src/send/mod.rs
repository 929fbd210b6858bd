//! The one send path: every operation of every language sends its requests here.
//!
//! A call comes in by `entry`. `attempts` repeats it as `retry` and `retry_quota` allow, `admission` holds each attempt back as
//! `throttle` and `rate_limiter` demand, and `sender` makes the one exchange of an attempt.

pub(crate) mod admission;
pub(crate) mod attempts;
pub(crate) mod call;
pub(crate) mod classify;
pub(crate) mod entry;
pub(crate) mod error_body;
pub(crate) mod file_answer;
#[doc(hidden)]
pub mod given;
pub(crate) mod headers;
pub(crate) mod http_date;
pub(crate) mod lenient_json;
pub(crate) mod minimum_throughput;
pub(crate) mod options;
pub(crate) mod rate_limiter;
pub(crate) mod request;
pub(crate) mod response_body;
pub(crate) mod retry;
pub(crate) mod retry_after;
pub(crate) mod retry_quota;
pub(crate) mod runtime;
pub(crate) mod sender;
pub(crate) mod sync;
pub(crate) mod throttle;
pub(crate) mod transfers;
pub(crate) mod writes;

pub(crate) use call::cancelled;
pub(crate) use given::json_object;
pub use options::CallOptions;
pub(crate) use request::{JSON, PreparedRequest};
pub use request::{Method, Safety};
pub(crate) use response_body::{cut_short, ends_by_close, unusable};
pub(crate) use sender::{Received, Sender};
pub(crate) use writes::Tally;
