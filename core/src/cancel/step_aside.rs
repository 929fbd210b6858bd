//! The way of a call that cannot go on to let others pass.

/// A queue in which a call has a place that others stand behind.
pub(crate) trait StepAside: Send + Sync {
    /// Lets the others pass, until the call asks again: its wait is over, and no thread is free for it.
    fn step_aside(&self);
}
