//! The command `doctor`: a check of the environment's settings, for a terminal. Every language's command is this one.

use crate::check::{CheckOptions, check_of_error};
use crate::config::ClientBuilder;
use crate::error::{Error, ErrorKind};
use crate::send::CallOptions;

/// A run of the command: the texts that it prints, and its exit code.
#[doc(hidden)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoctorRun {
    /// 0: all is well. 1: a finding is an error. 2: the arguments are wrong, and nothing was done.
    pub code: u8,
    /// The text for standard output.
    pub output: String,
    /// The text for standard error.
    pub error: String,
}

/// The arguments, as they were read.
#[derive(Default)]
struct Arguments {
    json: bool,
    curl: bool,
    help: bool,
    options: CheckOptions,
}

impl DoctorRun {
    /// Runs the command with these settings and arguments. `program` is how it was called: `npx penbox doctor`.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] where the call options end the check.
    #[doc(hidden)]
    pub fn new(
        builder: ClientBuilder,
        program: &str,
        arguments: impl IntoIterator<Item = String>,
        call_options: &CallOptions,
    ) -> Result<DoctorRun, Error> {
        let arguments = match read(arguments.into_iter()) {
            Ok(arguments) => arguments,
            Err(message) => {
                return Ok(DoctorRun {
                    code: 2,
                    error: format!("{message}\n{}", usage(program)),
                    ..DoctorRun::default()
                });
            }
        };
        if arguments.help {
            return Ok(DoctorRun {
                output: usage(program),
                ..DoctorRun::default()
            });
        }
        let language = builder.package_language();
        let report = match builder.build() {
            Err(error) => check_of_error(&error, language, &arguments.options),
            Ok(client) if arguments.curl => {
                return Ok(DoctorRun {
                    output: client.check_request()?.line() + "\n",
                    ..DoctorRun::default()
                });
            }
            Ok(client) => {
                let call = client.resumable_check(call_options, &arguments.options);
                match client.sender().block(call) {
                    Ok(report) => report,
                    Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                    Err(error) => check_of_error(&error, language, &arguments.options),
                }
            }
        };
        let text = match arguments.json {
            true => report.to_json(),
            false => report.to_string(),
        };
        Ok(DoctorRun {
            code: u8::from(!report.is_ok()),
            output: text + "\n",
            error: String::new(),
        })
    }
}

/// Reads the arguments. The error is a sentence.
fn read(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut read = Arguments::default();
    while let Some(argument) = given.next() {
        let workspace = argument.strip_prefix("--workspace=").map(str::to_owned);
        match argument.as_str() {
            "--json" => read.json = true,
            "--curl" => read.curl = true,
            "--help" | "-h" => read.help = true,
            _ if workspace.is_some() || argument == "--workspace" => {
                let slug = workspace.or_else(|| given.next());
                let slug = slug.filter(|slug| !slug.is_empty() && !slug.starts_with('-'));
                let slug = slug.ok_or("--workspace needs the slug of a workspace.")?;
                read.options = read.options.workspace(slug);
            }
            other => {
                let shown =
                    crate::error::printable(&crate::error::without_tokens(other.to_owned()), 64);
                return Err(format!("There is no argument {shown}."));
            }
        }
    }
    match read.json && read.curl {
        true => Err("--json and --curl exclude each other.".to_owned()),
        false => Ok(read),
    }
}

fn usage(program: &str) -> String {
    format!(
        "Usage: {program} [--workspace SLUG] [--json | --curl]

Checks the token, the settings of the environment, the connection and the clock. It sends one GET /workspaces.
What it prints can be pasted anywhere: it holds no token.

  --workspace SLUG  the workspace that the token should open
  --json            the report as a JSON object
  --curl            sends nothing and prints the call as a curl line, which reads the token from PENBOX_API_TOKEN
  --help            this text

Exit code: 0 all is well, 1 a finding is an error, 2 the arguments are wrong.
"
    )
}
