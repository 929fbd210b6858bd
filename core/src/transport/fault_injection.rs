//! Fault injection: a step of input or output fails on demand, on the thread that began it. Only in the core's own tests.
//!
//! It is here and not in `testing`, because the sockets and the resolver call it: imports go down only.

use std::cell::Cell;
use std::io::{ErrorKind, Result};

/// How one step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InjectedFault {
    /// The peer resets the connection.
    Reset,
    /// The peer closes the connection.
    Eof,
    /// The socket's own limit. It may pass early, so the transport must look at the call's own.
    Timeout,
    /// A signal interrupts the system call, which must be made again.
    Interrupted,
    /// One byte moves, however many could.
    Short,
}

/// All faults, each of which is injected at each step.
pub(crate) const INJECTED_FAULTS: [InjectedFault; 5] = [
    InjectedFault::Reset,
    InjectedFault::Eof,
    InjectedFault::Timeout,
    InjectedFault::Interrupted,
    InjectedFault::Short,
];

/// The most bytes of one step while faults are injected. It splits an answer into many steps, each of which can fail.
const MOST_BYTES: usize = 24;

thread_local! {
    /// The number of the step that fails, and its fault.
    static PLAN: Cell<Option<(usize, InjectedFault)>> = const { Cell::new(None) };
    /// The number of steps since the plan began.
    static STEP: Cell<usize> = const { Cell::new(0) };
    /// The fault ended the connection: whatever is tried on it fails at once, as on a connection that a peer has ended. A wait for
    /// bytes that never come would cost each such step a quarter of a second.
    static IS_ENDED: Cell<bool> = const { Cell::new(false) };
}

/// Begins: the step of this number will fail. The first is 1.
pub(crate) fn begin(step: usize, fault: InjectedFault) {
    PLAN.set(Some((step, fault)));
    STEP.set(0);
    IS_ENDED.set(false);
}

/// Ends: no step fails any more. Returns whether the step that was to fail was reached.
pub(crate) fn end() -> bool {
    let plan = PLAN.take();
    plan.is_some_and(|(step, _)| STEP.get() >= step)
}

/// Counts the step that opens a connection.
pub(super) fn open() -> Result<()> {
    IS_ENDED.set(false);
    step(1).map(drop)
}

/// Counts the next step on so many bytes. It fails, or returns the most bytes that it may move.
pub(super) fn step(wanted: usize) -> Result<usize> {
    let Some((failing, fault)) = PLAN.get() else {
        return Ok(wanted);
    };
    if IS_ENDED.get() {
        return Err(ErrorKind::ConnectionReset.into());
    }
    STEP.set(STEP.get() + 1);
    if STEP.get() != failing {
        return Ok(wanted.min(MOST_BYTES));
    }
    IS_ENDED.set(matches!(fault, InjectedFault::Reset | InjectedFault::Eof));
    match fault {
        InjectedFault::Reset => Err(ErrorKind::ConnectionReset.into()),
        InjectedFault::Eof => Err(ErrorKind::UnexpectedEof.into()),
        InjectedFault::Timeout => Err(ErrorKind::TimedOut.into()),
        InjectedFault::Interrupted => Err(ErrorKind::Interrupted.into()),
        InjectedFault::Short => Ok(wanted.min(1)),
    }
}
