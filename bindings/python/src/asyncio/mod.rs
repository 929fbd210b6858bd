//! The client for asyncio: the core's pool runs its calls, and event loops get their ends in batches.

pub(crate) mod asked;
pub(crate) mod begun;
pub(crate) mod call;
pub(crate) mod channel;
pub(crate) mod client;
pub(crate) mod event;
pub(crate) mod list;
pub(crate) mod mark;
pub(crate) mod streams;
