//! The hooks of the feature `test-hooks`: a panic on demand, to show that none leaves the library, and raised
//! privileges. Tests alone have this feature.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::cell::Cell;

// Of a thread, not of the process: tests run side by side.
thread_local! {
    /// True if the next exported function of this thread has to panic.
    static ARMED: Cell<bool> = const { Cell::new(false) };
    /// True if this thread counts as one of a program with raised privileges.
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

/// Makes this thread count as one of a program that runs with raised privileges, from now on.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_test_raise_privileges() {
    RAISED.set(true);
}

/// Returns true after `penbox_test_raise_privileges` on this thread.
pub(crate) fn is_privilege_raised() -> bool {
    RAISED.get()
}

/// Makes the next exported function that this thread calls panic.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_test_panic_next() {
    ARMED.set(true);
}

/// Panics after `penbox_test_panic_next` on this thread, once.
pub(crate) fn panic_if_armed() {
    if ARMED.replace(false) {
        panic!("asked for by penbox_test_panic_next");
    }
}
