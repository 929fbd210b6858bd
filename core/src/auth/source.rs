//! The sources of a token. The first source that is set wins. A named environment never falls back to another source.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::environment::Environment;
use super::token::{PREFIX, Token};
use crate::error::{Error, Result};

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
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenSource::Explicit => f.write_str("the token given to the client"),
            TokenSource::Variable(name) => write!(f, "the environment variable {name}"),
            TokenSource::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// The named environments, each with the variable that holds its token (Authentication page, "Multiple Environments").
pub(crate) const ENVIRONMENTS: &[(&str, &str)] = &[
    ("prod", "PENBOX_API_TOKEN_PROD"),
    ("staging", "PENBOX_API_TOKEN_STAGING"),
    ("dev", "PENBOX_API_TOKEN_DEV"),
];

/// The variable of the token, where no environment is named.
const PLAIN: &str = "PENBOX_API_TOKEN";
/// The variable of the path of a file that holds the token.
const FILE: &str = "PENBOX_API_TOKEN_FILE";

/// Finds the token. An explicit token comes first. A named environment's variable is next, and then the only source. Else it is
/// `PENBOX_API_TOKEN`, then the file that `PENBOX_API_TOKEN_FILE` names.
pub(crate) fn resolve(
    explicit: Option<&str>,
    environment: Option<&str>,
    process: &Environment,
) -> Result<(Token, TokenSource)> {
    // First, so that a name that does not exist is an error beside a token in code, too.
    let variable = environment.map(variable_of).transpose()?;
    if let Some(text) = explicit {
        return Ok((Token::new(text)?, TokenSource::Explicit));
    }
    if let (Some(name), Some(variable)) = (environment, variable) {
        return match process.var(variable)? {
            Some(text) => from(text, TokenSource::Variable(variable)),
            None => Err(missing(format!(
                "the environment {name} was asked for and {variable} is not set"
            ))),
        };
    }
    if let Some(text) = process.var(PLAIN)? {
        return from(text, TokenSource::Variable(PLAIN));
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
        let text = Zeroizing::new(read(&path)?);
        // Editors and `echo` end a file with a line break.
        let line = text
            .strip_suffix('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line));
        return from(line.unwrap_or(&text), TokenSource::File(path));
    }
    Err(missing("no token was given".to_owned()))
}

/// The variable of a named environment.
fn variable_of(environment: &str) -> Result<&'static str> {
    let known = ENVIRONMENTS.iter().find(|(name, _)| *name == environment);
    known.map(|(_, variable)| *variable).ok_or_else(|| {
        Error::config("the environment is not known").with_hint("Use one of: prod, staging, dev.")
    })
}

/// Reads the file of a token. The error names the variable, and neither the path nor the content.
fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| {
        let message = format!("the file that PENBOX_API_TOKEN_FILE names cannot be read: {source}");
        Error::config(message)
            .with_hint("PENBOX_API_TOKEN_FILE must name a readable text file that holds the token.")
            .with_source(source)
    })
}

/// The token of a source, which the error names.
fn from(text: &str, source: TokenSource) -> Result<(Token, TokenSource)> {
    let token = Token::new(text).map_err(|error| error.after(&format!("{source}: ")))?;
    Ok((token, source))
}

/// The error of a token that no source has.
fn missing(message: String) -> Error {
    Error::config(message).with_hint(
        "Set PENBOX_API_TOKEN to a token from https://app.penbox.io/workspace/settings/api, or give the client a token.",
    )
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
        assert!(resolve(Some("pnbx_x"), Some("production"), &env).is_err());
    }

    #[test]
    fn a_named_environment_never_falls_back() {
        let env = Environment::of_pairs([
            ("PENBOX_API_TOKEN", "pnbx_plain"),
            ("PENBOX_API_TOKEN_DEV", "pnbx_dev"),
        ]);
        let error = resolve(None, Some("staging"), &env).unwrap_err();
        assert!(error.message().contains("PENBOX_API_TOKEN_STAGING"));
        assert!(
            resolve(None, Some("production"), &env)
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
