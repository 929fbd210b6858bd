//! Writes the generated files of the project, or with `--check` says which of them are stale.
//!
//! First `tests/spec/*.json` from the core: the contract, where a change of the API shows. Then, from those files alone,
//! what C, Python and TypeScript share. In files that are written by hand, the first paragraphs of the comments on what the
//! contract words.

#![forbid(unsafe_code)]

mod by_hand;
mod c;
mod doc_comment;
mod file;
mod file_surfaces;
mod language;
mod node;
mod python;
mod snapshot;
mod spec;
mod surfaces;
mod testees;
mod wrap;

use std::path::Path;
use std::process::ExitCode;

use spec::Spec;

/// Exit code 0: the files are as they should be; 1: one is stale, or something failed; 2: a wrong argument.
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
        Ok(stale) if check && !stale.is_empty() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(message) => {
            file::say(&message);
            ExitCode::FAILURE
        }
    }
}

/// Writes or compares every file, and says which were not up to date and what is left to do by hand. The names of those
/// files.
fn run(check: bool) -> Result<Vec<String>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut stale = Vec::new();
    for file in snapshot::files()? {
        stale.extend(file.update(&root, check)?);
    }
    // The spec is read back from the files, so that the languages know nothing of the core but what stands there.
    let spec = Spec::read(&root)?;
    let surfaces = surfaces::files(&root, &spec)?;
    let c = c::files(&spec, &surfaces)?;
    for files in [
        surfaces,
        c,
        python::modules(&spec)?,
        node::files(&spec)?,
        testees::files(&spec)?,
    ] {
        for file in files {
            stale.extend(file.update(&root, check)?);
        }
    }
    for name in &stale {
        file::say(&match check {
            true => format!("stale: {name} (run `cargo run -p penbox-codegen`)"),
            false => format!("wrote {name}"),
        });
    }
    let left = by_hand::left(&root, &spec)?;
    if !left.is_empty() {
        file::say("left to do by hand (CONTRIBUTING.md, \"Adding an operation\"):");
    }
    for line in &left {
        file::say(&format!("  {line}"));
    }
    Ok(stale)
}
