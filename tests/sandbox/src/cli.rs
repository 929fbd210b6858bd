use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

const HELP: &str = "\
A local Penbox to test against. Prints its base URL as the first line, then serves on 127.0.0.1.

Usage: penbox-sandbox [OPTIONS]

Options:
      --port <N>            Port to listen on; 0, the default, takes a free one
      --host <ADDRESS>      Address to listen on; 127.0.0.1 by default. Others can then read and change all of it
      --seed <FILE>         JSON with workspaces, form_templates, members, tokens, forms and cases to begin with
      --log                 Write a line on stderr for each request
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
    pub(crate) host: Option<IpAddr>,
    pub(crate) seed: Option<PathBuf>,
    pub(crate) log: bool,
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
            "--log" => options.log = true,
            "--host" => {
                let value = arguments.next().ok_or("--host needs an address")?;
                options.host = Some(host(&value)?);
            }
            "--seed" => {
                options.seed = Some(arguments.next().ok_or("--seed needs a file")?.into());
            }
            "--exit-on-stdin-eof" => options.exit_on_stdin_eof = true,
            "--port" => {
                let value = arguments.next().ok_or("--port needs a number")?;
                options.port = port(&value)?;
            }
            other => match other.split_once('=') {
                Some(("--port", value)) => options.port = port(value)?,
                Some(("--host", value)) => options.host = Some(host(value)?),
                Some(("--seed", value)) => options.seed = Some(value.into()),
                _ => return Err(format!("unknown argument {other:?}")),
            },
        }
    }
    Ok(Command::Serve(options))
}

fn host(value: &str) -> Result<IpAddr, String> {
    let wrong = |_| format!("--host needs an IP address such as 0.0.0.0, not {value:?}");
    value.parse().map_err(wrong)
}

fn port(value: &str) -> Result<u16, String> {
    value
        .parse()
        .map_err(|_| format!("--port needs a number from 0 to 65535, not {value:?}"))
}
