//! Faults that have tests of their own outside this runner.

use std::fs;

use crate::fault::Fault;

/// Whether the tests of this language stand in their file: `None` if the fault has none there. `tests/run proofs` runs them.
#[must_use]
pub fn stands(fault: &Fault, surface: &str) -> Option<Result<(), String>> {
    let own = fault.tested_by.iter().find(|own| own.surface == surface)?;
    let text = fs::read_to_string(&own.file).unwrap_or_default();
    // A title that is put together, such as `process.exit() ${name}`, stands there in parts.
    let words = |name: &String| name.split(' ').all(|word| text.contains(word));
    Some(match own.tests.iter().find(|name| !words(name)) {
        None if own.tests.is_empty() => Err(format!("no test of {} is named", own.file)),
        None => Ok(()),
        Some(name) => Err(format!("no {name:?} in {}", own.file)),
    })
}
