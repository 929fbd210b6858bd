//! Writes the generated files of the project, or with `--check` says which of them are stale.
//!
//! First `tests/spec/*.json` from the core: the contract, where a change of the API shows. Then, from those files alone,
//! what C, Python and TypeScript share.

#![forbid(unsafe_code)]

mod c;
mod file;
mod node;
mod python;
mod snapshot;
mod spec;
mod testees;

use std::path::Path;
use std::process::ExitCode;

use spec::Spec;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        _ => {
            file::say("usage: penbox-codegen [--check]");
            return ExitCode::from(2);
        }
    };
    match run(check) {
        Ok(stale) if stale.is_empty() => ExitCode::SUCCESS,
        Ok(stale) => {
            stale.iter().for_each(|name| {
                file::say(&format!(
                    "stale: {name} (run `cargo run -p penbox-codegen`)"
                ))
            });
            ExitCode::FAILURE
        }
        Err(message) => {
            file::say(&message);
            ExitCode::FAILURE
        }
    }
}

/// Writes or compares every file; the names of those that differ.
fn run(check: bool) -> Result<Vec<String>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut stale = Vec::new();
    for file in snapshot::files()? {
        stale.extend(file.settle(&root, check)?);
    }
    let spec = Spec::read(&root)?;
    for files in [
        c::files(&spec)?,
        python::files(&spec)?,
        node::files(&spec)?,
        testees::files(&spec)?,
    ] {
        for file in files {
            stale.extend(file.settle(&root, check)?);
        }
    }
    Ok(if check { stale } else { Vec::new() })
}
