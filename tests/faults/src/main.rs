//! `penbox-faults --testee NAME=COMMAND ...`: see the crate's README.

use std::io::{self, Write};
use std::process::ExitCode;

use penbox_faults::args::{Args, USAGE};
use penbox_faults::run;

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(problem) => return refuse(&format!("{problem}\n\n{USAGE}")),
    };
    match run::everything(&args) {
        Ok(report) => {
            let shown = writeln!(io::stdout().lock(), "{report}");
            if report.passed() && shown.is_ok() {
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
    let _ = writeln!(io::stderr().lock(), "penbox-faults: {problem}");
    ExitCode::from(2)
}
