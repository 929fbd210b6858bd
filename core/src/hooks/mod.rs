//! The caller's own functions that run beside the requests of a client, and the values that they get.
//!
//! | hook | runs | may |
//! |---|---|---|
//! | `on_request` | before each attempt, and before the wait for a `rate_limit` | add headers, end the call |
//! | `on_response` | after each attempt for which `on_request` ran to its end | look |
//! | `on_retry` | before the wait for another attempt | look |
//! | `on_alert` | once an episode of unusual use | look |
//!
//! They run on the thread that runs the call: the caller's own, or a thread of the SDK for a page that is fetched ahead. The SDK
//! holds no lock and no place of a `rate_limit` meanwhile, so a hook may call the same client. Such a call runs no hooks itself,
//! or it would call itself without an end.

mod events;
mod report;
mod set;
mod table;

pub(crate) use events::Target;
pub use events::{RequestEvent, ResponseEvent, RetryEvent};
pub use set::HookError;
pub(crate) use set::Hooks;
#[doc(hidden)]
pub use table::{HOOKS, Hook};
