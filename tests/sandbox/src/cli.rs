use std::ffi::OsString;

const HELP: &str = "\
A local Penbox to test against. Prints its base URL as the first line, then serves on 127.0.0.1.

Usage: penbox-sandbox [OPTIONS]

Options:
      --port <N>            Port to listen on; 0, the default, takes a free one
      --webhooks-anywhere   Deliver webhooks to other hosts, too, not only to this machine; plain http
      --exit-on-stdin-eof   End when stdin is closed, so that it dies with the program that started it
  -h, --help                Print this and exit
  -V, --version             Print the version and exit

Seeded tokens:
  acme-corp  pnbx_1234567890abcdef1234567890abcdef1234567890abcdef
  globex     pnbx_sandbox_globex_test_token
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Serve(Options),
    Print(String),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) exit_on_stdin_eof: bool,
    pub(crate) webhooks_anywhere: bool,
}

pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut options = Options::default();
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-h" | "--help" => return Ok(Command::Print(HELP.to_owned())),
            "-V" | "--version" => {
                let version = concat!("penbox-sandbox ", env!("CARGO_PKG_VERSION"), "\n");
                return Ok(Command::Print(version.to_owned()));
            }
            "--webhooks-anywhere" => options.webhooks_anywhere = true,
            "--exit-on-stdin-eof" => options.exit_on_stdin_eof = true,
            "--port" => {
                let value = arguments.next().ok_or("--port needs a number")?;
                options.port = port(&value)?;
            }
            other => match other.strip_prefix("--port=") {
                Some(value) => options.port = port(value)?,
                None => return Err(format!("unknown argument {other:?}")),
            },
        }
    }
    Ok(Command::Serve(options))
}

fn port(value: &str) -> Result<u16, String> {
    value
        .parse()
        .map_err(|_| format!("--port needs a number from 0 to 65535, not {value:?}"))
}
