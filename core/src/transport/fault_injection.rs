//! Input and output that fails on demand, on the thread that asks for it. Only in the core's own tests.
//!
//! It stands here and not in `testing`, because the sockets and the resolver call it: imports go down only.

use std::cell::Cell;
use std::io::{ErrorKind, Result};

/// How one step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InjectedFault {
    Reset,
    Eof,
    /// The socket's own limit, which may come early: what is left of the call's counts.
    Timeout,
    Interrupted,
    Short,
}

pub(crate) const INJECTED_FAULTS: [InjectedFault; 5] = [
    InjectedFault::Reset,
    InjectedFault::Eof,
    InjectedFault::Timeout,
    InjectedFault::Interrupted,
    InjectedFault::Short,
];

/// A read takes no more than this under torture, so that an answer is many steps.
const BITE: usize = 24;

thread_local! {
    static PLAN: Cell<Option<(usize, InjectedFault)>> = const { Cell::new(None) };
    static STEP: Cell<usize> = const { Cell::new(0) };
}

/// From now on the step of this number fails; the first is 1.
pub(crate) fn begin(step: usize, blow: InjectedFault) {
    PLAN.set(Some((step, blow)));
    STEP.set(0);
}

/// No step fails any more. Whether the one that was to fail came.
pub(crate) fn end() -> bool {
    let plan = PLAN.take();
    plan.is_some_and(|(step, _)| STEP.get() >= step)
}

/// What becomes of the next step on so many bytes: it fails, or it moves at most so many.
pub(super) fn step(wanted: usize) -> Result<usize> {
    let Some((failing, blow)) = PLAN.get() else {
        return Ok(wanted);
    };
    STEP.set(STEP.get() + 1);
    if STEP.get() != failing {
        return Ok(wanted.min(BITE));
    }
    match blow {
        InjectedFault::Reset => Err(ErrorKind::ConnectionReset.into()),
        InjectedFault::Eof => Err(ErrorKind::UnexpectedEof.into()),
        InjectedFault::Timeout => Err(ErrorKind::TimedOut.into()),
        InjectedFault::Interrupted => Err(ErrorKind::Interrupted.into()),
        InjectedFault::Short => Ok(wanted.min(1)),
    }
}
