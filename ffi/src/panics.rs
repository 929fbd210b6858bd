//! Panics of the SDK's own: none is printed, for standard error is the host's.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many parts of a source file's path are told: enough to find it, and no folder of the machine that built it.
const PARTS: usize = 3;

/// Where the last panic of a thread was. It is taken when the panic is caught, so nothing is left to be dropped.
type Place = ManuallyDrop<RefCell<Option<String>>>;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static PLACE: Place = const { ManuallyDrop::new(RefCell::new(None)) };
}

// The library is called in destructors of threads, too, where a thread-local value with a destructor is gone.
const _: () = assert!(!std::mem::needs_drop::<Place>());

static IS_HOOKED: AtomicBool = AtomicBool::new(false);

/// While it lives, the thread runs code of the SDK.
pub(crate) struct Inside(());

impl Inside {
    pub(crate) fn enter() -> Inside {
        if !IS_HOOKED.load(Ordering::Relaxed) {
            hook();
        }
        DEPTH.set(DEPTH.get() + 1);
        Inside(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Where the panic was that this thread has just caught, as `send/retry.rs:12`.
pub(crate) fn take_place() -> Option<String> {
    PLACE.with(|place| place.borrow_mut().take())
}

/// Puts a hook before the one that prints. Every library of Rust has its own; where a program shares ours, all that is not the
/// SDK's is passed on to the hook that was there.
fn hook() {
    // A thread that panics may not change the hook. Nobody waits for the one that does: a child forked meanwhile would for ever.
    if std::thread::panicking() || IS_HOOKED.swap(true, Ordering::Relaxed) {
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| match is_ours() {
        true => note(info),
        false => before(info),
    }));
}

/// Whether the SDK panicked: in a call, or on a thread that it made.
fn is_ours() -> bool {
    let is_own_thread = || {
        let thread = std::thread::current();
        thread
            .name()
            .is_some_and(|name| name.starts_with("penbox-"))
    };
    DEPTH.get() > 0 || is_own_thread()
}

fn note(info: &PanicHookInfo<'_>) {
    let found = info.location().map(|at| {
        let parts: Vec<&str> = at.file().split(['/', '\\']).collect();
        let last = parts.len().saturating_sub(PARTS);
        format!("{}:{}", parts[last..].join("/"), at.line())
    });
    PLACE.with(|place| place.replace(found));
}
