//! `penbox-conformance --testee NAME=COMMAND ... [--spec DIR]`: see the crate's README.

use std::io::{self, Write};
use std::process::ExitCode;

use penbox_conformance::args::{Args, USAGE};
use penbox_conformance::run;

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(problem) => return refuse(&format!("{problem}\n\n{USAGE}")),
    };
    let done = match args.print {
        true => run::listing(&args).map(|lines| (lines, true)),
        false => run::everything(&args).map(|report| (report.to_string(), report.passed())),
    };
    match done {
        Ok((text, passed)) => {
            let shown = writeln!(io::stdout().lock(), "{text}");
            if passed && shown.is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            }
        }
        Err(problem) => refuse(&problem),
    }
}

/// Says on stderr why there was no run.
fn refuse(problem: &str) -> ExitCode {
    // A closed stderr changes nothing: the exit code tells the same.
    let _ = writeln!(io::stderr().lock(), "penbox-conformance: {problem}");
    ExitCode::from(2)
}
