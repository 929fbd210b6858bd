//! One target of the core, the one that PENBOX_FUZZ_TARGET names, under libFuzzer.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use penbox::testing::fuzz::{TARGETS, Target};

static TARGET: OnceLock<&Target> = OnceLock::new();

fn target() -> &'static Target {
    let name = std::env::var("PENBOX_FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("PENBOX_FUZZ_TARGET names no target: {name}"))
}

fuzz_target!(|data: &[u8]| {
    let (_, run) = TARGET.get_or_init(target);
    run(data);
});
