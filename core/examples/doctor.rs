//! Checks the token, the settings of the environment and the connection, and says what to do. The same as `python -m penbox doctor`
//! and `npx penbox doctor`.
//!
//!     cargo run --example doctor -- [--workspace SLUG] [--json | --curl]

use std::io::Write as _;
use std::process::ExitCode;

use penbox::bindings::DoctorRun;
use penbox::{CallOptions, Client};

fn main() -> ExitCode {
    let program = "cargo run --example doctor --";
    let settings = Client::builder().use_environment();
    let arguments = std::env::args().skip(1);
    match DoctorRun::new(settings, program, arguments, &CallOptions::new()) {
        Ok(run) => {
            // A reader such as `head` may have read enough: that is no failure.
            let _ = std::io::stdout().write_all(run.output.as_bytes());
            let _ = std::io::stderr().write_all(run.error.as_bytes());
            ExitCode::from(run.code)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
