//! The sources of a token. The first source that is set wins. A named environment never falls back to another source.

use std::fmt;
use std::path::PathBuf;

use super::environment::Environment;
use super::supplier::{self, Supplier};
use super::token::{PREFIX, Token};
use crate::error::{Error, Reason, Result};

/// The source that a client's token was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenSource {
    /// Given in code.
    Explicit,
    /// An environment variable, by its name.
    Variable(&'static str),
    /// The file that `PENBOX_API_TOKEN_FILE` names.
    File(PathBuf),
    /// The callback that the client was given.
    Provider,
    /// The program that the client was given, by its name without its arguments.
    Command(String),
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenSource::Explicit => f.write_str("the token given to the client"),
            TokenSource::Variable(name) => write!(f, "the environment variable {name}"),
            TokenSource::File(path) => write!(f, "the file {}", path.display()),
            TokenSource::Provider => f.write_str("the token provider given to the client"),
            TokenSource::Command(program) => write!(f, "the token command {program}"),
        }
    }
}

/// The named environments, each with the variable that holds its token (Authentication page, "Multiple Environments"). The long
/// names are those that other tools give them.
pub(crate) const ENVIRONMENTS: &[(&str, &str)] = &[
    ("prod", "PENBOX_API_TOKEN_PROD"),
    ("production", "PENBOX_API_TOKEN_PROD"),
    ("staging", "PENBOX_API_TOKEN_STAGING"),
    ("dev", "PENBOX_API_TOKEN_DEV"),
    ("development", "PENBOX_API_TOKEN_DEV"),
];

/// The variable of the token, where no environment is named.
const PLAIN: &str = "PENBOX_API_TOKEN";
/// The variable of the path of a file that holds the token.
const FILE: &str = "PENBOX_API_TOKEN_FILE";

/// The source of a client's token, with the token where it is known already and the supplier where it can be asked again.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) token: Option<Token>,
    pub(crate) source: TokenSource,
    pub(crate) supplier: Option<Supplier>,
}

/// The source of a token that a client was given in code.
#[derive(Clone, Debug)]
pub(crate) enum Given<'a> {
    /// The token itself.
    Token(&'a str),
    /// A callback or a command. It is not asked yet: making a client sends nothing, starts nothing and waits for nothing, as in other
    /// SDKs, so that a program starts while its secret manager is down.
    Supplier(Supplier),
}

/// Finds the token. One given in code comes first. A named environment's variable is next, and then the only source. Else it is
/// `PENBOX_API_TOKEN`, then the file that `PENBOX_API_TOKEN_FILE` names.
pub(crate) fn resolve(
    given: Option<Given<'_>>,
    environment: Option<&str>,
    process: &Environment,
) -> Result<Found> {
    // First, so that a name that does not exist is an error beside a token in code, too.
    let variable = environment.map(variable_of).transpose()?;
    match given {
        Some(Given::Token(text)) => return Ok(fixed(Token::new(text)?, TokenSource::Explicit)),
        Some(Given::Supplier(supplier)) => {
            let source = match &supplier {
                Supplier::Provider(_) => TokenSource::Provider,
                Supplier::Command(command) => TokenSource::Command(command.program()),
                Supplier::File(path) => TokenSource::File(path.clone()),
            };
            return Ok(Found {
                token: None,
                source,
                supplier: Some(supplier),
            });
        }
        None => {}
    }
    if let (Some(name), Some(variable)) = (environment, variable) {
        return match process.var(variable)? {
            Some(text) => of_variable(text, variable),
            None => Err(missing(format!(
                "the environment {name} was asked for and {variable} is not set"
            ))),
        };
    }
    if let Some(text) = process.var(PLAIN)? {
        return of_variable(text, PLAIN);
    }
    if let Some(path) = process.var(FILE)? {
        // The path stands in errors and in `Auth::source`, where a token would be shown.
        if path.contains(PREFIX) {
            return Err(Error::config(
                "PENBOX_API_TOKEN_FILE holds a token, not the path of a file",
            )
            .with_hint(
                "Put the token into PENBOX_API_TOKEN, or into a file and that file's path here.",
            ));
        }
        let path = PathBuf::from(path);
        return Ok(Found {
            // A file is read at once, since that takes no time and a wrong path should be found early.
            token: Some(supplier::read(&path)?),
            source: TokenSource::File(path.clone()),
            supplier: Some(Supplier::File(path)),
        });
    }
    Err(missing("no token was given".to_owned()))
}

/// The variable of a named environment.
fn variable_of(environment: &str) -> Result<&'static str> {
    let known = ENVIRONMENTS.iter().find(|(name, _)| *name == environment);
    known.map(|(_, variable)| *variable).ok_or_else(|| {
        Error::config("the environment is not known")
            .with_hint("Use one of: prod (or production), staging, dev (or development).")
    })
}

/// The token of a variable, which the error names.
fn of_variable(text: &str, name: &'static str) -> Result<Found> {
    let source = TokenSource::Variable(name);
    let token = Token::new(text).map_err(|error| error.after(&format!("{source}: ")))?;
    Ok(fixed(token, source))
}

/// A token that nobody can be asked for again.
fn fixed(token: Token, source: TokenSource) -> Found {
    Found {
        token: Some(token),
        source,
        supplier: None,
    }
}

/// The error of a token that no source has.
fn missing(message: String) -> Error {
    Error::config(message).with_hint(
        "Set PENBOX_API_TOKEN to a token from https://app.penbox.io/workspace/settings/api, or give the client a token.",
    )
    .with_reason(Reason::TokenMissing)
}

/// The pairs of variables, of different environments, that hold one token. The Authentication page warns of it ("What NOT to Do").
pub(crate) fn shared_tokens(process: &Environment) -> Vec<(&'static str, &'static str)> {
    let mut variables: Vec<&'static str> = ENVIRONMENTS.iter().map(|(_, name)| *name).collect();
    variables.dedup();
    // A variable that cannot be read is an error of the client that needs it.
    let value = |name: &str| process.var(name).ok().flatten();
    let pairs = variables.iter().enumerate().flat_map(|(place, one)| {
        let others = variables.iter().skip(place + 1);
        others.map(|other| (*one, *other))
    });
    pairs
        .filter(|(one, other)| value(one).is_some() && value(one) == value(other))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_source_that_is_set_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("penbox");
        std::fs::write(&path, "pnbx_file\n").unwrap();
        let file = ("PENBOX_API_TOKEN_FILE", path.to_str().unwrap());
        let prod = ("PENBOX_API_TOKEN_PROD", "pnbx_prod");
        let env = Environment::of_pairs([("PENBOX_API_TOKEN", "pnbx_plain"), file, prod]);
        let token = |text| Token::new(text).unwrap();
        let resolve = |explicit: Option<&str>, environment, env: &Environment| {
            let found = resolve(explicit.map(Given::Token), environment, env)?;
            Ok::<_, Error>((found.token.unwrap(), found.source))
        };
        assert_eq!(
            resolve(Some("pnbx_x"), None, &env).unwrap(),
            (token("pnbx_x"), TokenSource::Explicit)
        );
        assert_eq!(
            resolve(None, Some("prod"), &env).unwrap(),
            (
                token("pnbx_prod"),
                TokenSource::Variable("PENBOX_API_TOKEN_PROD")
            )
        );
        assert_eq!(
            resolve(None, None, &env).unwrap(),
            (
                token("pnbx_plain"),
                TokenSource::Variable("PENBOX_API_TOKEN")
            )
        );
        let env = Environment::of_pairs([file, prod]);
        assert_eq!(
            resolve(None, None, &env).unwrap(),
            (token("pnbx_file"), TokenSource::File(path.clone()))
        );
    }

    #[test]
    fn a_token_in_the_files_variable_is_not_repeated() {
        let env = Environment::of_pairs([("PENBOX_API_TOKEN_FILE", "pnbx_secret")]);
        let error = resolve(None, None, &env).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
        assert!(resolve(Some(Given::Token("pnbx_x")), Some("qa"), &env).is_err());
    }

    #[test]
    fn a_named_environment_never_falls_back() {
        let env = Environment::of_pairs([
            ("PENBOX_API_TOKEN", "pnbx_plain"),
            ("PENBOX_API_TOKEN_DEV", "pnbx_dev"),
        ]);
        let found = resolve(None, Some("development"), &env).unwrap();
        assert_eq!(found.source, TokenSource::Variable("PENBOX_API_TOKEN_DEV"));
        assert!(resolve(None, Some("production"), &env).is_err());
        let error = resolve(None, Some("staging"), &env).unwrap_err();
        assert!(error.message().contains("PENBOX_API_TOKEN_STAGING"));
        assert!(
            resolve(None, Some("qa"), &env)
                .unwrap_err()
                .hint()
                .unwrap()
                .contains("prod")
        );
    }

    #[test]
    fn only_a_file_may_end_with_one_newline() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "pnbx_file\n\n").unwrap();
        let env = Environment::of_pairs([("PENBOX_API_TOKEN_FILE", path.to_str().unwrap())]);
        assert!(
            resolve(None, None, &env)
                .unwrap_err()
                .message()
                .contains("line break")
        );
        let env = Environment::of_pairs([("PENBOX_API_TOKEN", "pnbx_plain\n")]);
        let error = resolve(None, None, &env).unwrap_err();
        assert!(
            error
                .message()
                .starts_with("the environment variable PENBOX_API_TOKEN: ")
        );
    }
}
