//! The place where functions of the program run.

/// The place where the caller's functions run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Caller {
    /// The thread of the call that needs them.
    Thread,
    /// The event loop of that call.
    EventLoop,
}
