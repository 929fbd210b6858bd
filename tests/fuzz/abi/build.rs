//! The target's part in C. `tests/fuzz/run` writes what is made from the header into the folder PENBOX_FUZZ_CALLS.

fn main() {
    println!("cargo:rerun-if-env-changed=PENBOX_FUZZ_CALLS");
    println!("cargo:rerun-if-changed=.");
    println!("cargo:rerun-if-changed=../../../include/penbox.h");
    let calls = std::env::var("PENBOX_FUZZ_CALLS").expect("built by tests/fuzz/run");
    println!("cargo:rerun-if-changed={calls}/calls.inc");
    cc::Build::new()
        .file("fuzz.c")
        .include("../../../include")
        .include(calls)
        .std("c99")
        .debug(true)
        .compile("penbox_fuzz_program");
}
