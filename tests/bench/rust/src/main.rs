//! Measures the Rust SDK against its peers, and serves the page that every language reads. See `tests/bench/README.md`.

mod arguments;
mod decode;
mod list;
mod measure;
mod serve;

use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let done = match words.next().as_deref() {
        Some("serve") => Arguments::parse(words).and_then(|arguments| serve::forever(&arguments)),
        Some("measure") => Arguments::parse(words).and_then(|arguments| {
            decode::measure(&arguments)?;
            list::measure(&arguments)
        }),
        _ => Err("penbox-bench serve --page FILE | measure --page FILE --url URL --iterations N --rounds N [--work NAME] [--who NAME]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
