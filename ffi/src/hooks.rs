//! Only with the feature `test-hooks`: a panic on demand, to show that none leaves the library, and raised privileges.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::cell::Cell;

thread_local! {
    static ARMED: Cell<bool> = const { Cell::new(false) };
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

/// From now on this thread is taken for one of a program that runs with raised privileges.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_test_raise_privileges() {
    RAISED.set(true);
}

/// Whether raised privileges were asked for.
pub(crate) fn plays_raised() -> bool {
    RAISED.get()
}

/// Makes the next exported function that this thread calls panic.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_test_panic_next() {
    ARMED.set(true);
}

/// Panics if a panic was asked for.
pub(crate) fn trip() {
    if ARMED.replace(false) {
        panic!("asked for by penbox_test_panic_next");
    }
}
