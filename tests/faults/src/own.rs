//! Faults that have tests of their own outside this runner.

use std::fs;

use crate::fault::Fault;

/// Whether the test of this language stands: `None` if the fault has none there.
#[must_use]
pub fn stands(fault: &Fault, surface: &str) -> Option<Result<(), String>> {
    let test = fault
        .tested_by
        .iter()
        .find(|test| test.surface == surface)?;
    let text = fs::read_to_string(&test.file).unwrap_or_default();
    Some(if text.contains(&test.contains) {
        Ok(())
    } else {
        Err(format!("no {:?} in {}", test.contains, test.file))
    })
}
