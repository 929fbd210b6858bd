//! The C library under libFuzzer: an input is a program of calls, which `program.h` beside this plays in C.
#![no_main]

use libfuzzer_sys::fuzz_target;
// It is what the program calls.
use penbox_abi as _;

unsafe extern "C" {
    fn penbox_fuzz_program(bytes: *const u8, size: usize);
}

fuzz_target!(|data: &[u8]| {
    // SAFETY: these are that many bytes, and the program keeps none of them.
    unsafe { penbox_fuzz_program(data.as_ptr(), data.len()) };
});
