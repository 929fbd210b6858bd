//! The panics of the SDK. None is printed, for standard error belongs to the program.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

/// The number of parts of a source file's path that an error shows. Three parts, such as `src/send/retry.rs`,
/// are enough to find the file, and name no folder of the machine that built it.
const PARTS: usize = 3;

/// The location of the last panic of a thread. The code that catches the panic takes it, so nothing is left to drop.
type Location = ManuallyDrop<RefCell<Option<String>>>;

thread_local! {
    /// The number of exported functions that run on this thread: a callback may call the library again.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The location that `take_location` takes.
    static LOCATION: Location = const { ManuallyDrop::new(RefCell::new(None)) };
}

// Destructors of threads may call the library, too. A thread-local value with a destructor is gone by then.
const _: () = assert!(!std::mem::needs_drop::<Location>());

/// True once the hook is installed.
static IS_HOOKED: AtomicBool = AtomicBool::new(false);

/// A mark on the thread that it runs code of the SDK, for as long as this value lives.
pub(crate) struct Inside(());

impl Inside {
    /// Marks the thread. Installs the hook at the first time.
    pub(crate) fn enter() -> Inside {
        // Relaxed, for the flag orders no other memory: std's own lock guards the hook.
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

/// Takes the location of the panic that this thread has just caught, such as `src/send/retry.rs:12`.
pub(crate) fn take_location() -> Option<String> {
    LOCATION.with(|location| location.borrow_mut().take())
}

/// Installs a hook before the one that prints. A library has a hook of its own unless it shares Rust's standard library
/// with the program. In that case the panics of the program still reach the hook that was there.
fn hook() {
    // A thread that panics may not change the hook: std would panic again. Other threads do not wait until the hook is
    // installed: a child that is forked meanwhile would wait for ever.
    // `swap` lets one thread install it, though several may be here.
    if std::thread::panicking() || IS_HOOKED.swap(true, Ordering::Relaxed) {
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| match is_ours() {
        true => record(info),
        false => before(info),
    }));
}

/// Returns true if the SDK panicked: in a call, or on a thread that it made.
fn is_ours() -> bool {
    // The core names all its threads so.
    let is_own_thread = || {
        let thread = std::thread::current();
        thread
            .name()
            .is_some_and(|name| name.starts_with("penbox-"))
    };
    DEPTH.get() > 0 || is_own_thread()
}

/// Records the location of a panic for the code that catches it.
fn record(info: &PanicHookInfo<'_>) {
    let found = info.location().map(|at| {
        // The path is one of the machine that built the library, so its separator may be either.
        let parts: Vec<&str> = at.file().split(['/', '\\']).collect();
        let last = parts.len().saturating_sub(PARTS);
        format!("{}:{}", parts[last..].join("/"), at.line())
    });
    LOCATION.with(|location| location.replace(found));
}
