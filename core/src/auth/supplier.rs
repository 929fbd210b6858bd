//! Suppliers of a token that can be asked again: a callback, a command, a file.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ask::{AskError, AskLimits};
use super::command::Command;
use super::command_token;
use super::provider::Provider;
use super::token::Token;
use crate::error::{Error, Reason};

/// A supplier of the token. It is asked at the first call, and after a 401.
#[derive(Clone, Debug)]
pub(crate) enum Supplier {
    /// A callback.
    Provider(Provider),
    /// A program that prints the token.
    Command(Command),
    /// The file that `PENBOX_API_TOKEN_FILE` names. It is read when the client is made, and after a 401.
    File(PathBuf),
}

impl Supplier {
    /// Asks for the token.
    pub(crate) fn ask(&self, limits: &AskLimits<'_>) -> Result<Token, AskError> {
        match self {
            Supplier::Provider(provider) => provider.ask(limits),
            Supplier::Command(command) => command_token::ask(command, limits),
            Supplier::File(path) => read(path).map_err(AskError::Failed),
        }
    }

    /// Reports whether the caller's own code runs when the supplier is asked.
    pub(crate) fn is_callers_code(&self) -> bool {
        matches!(self, Supplier::Provider(_))
    }
}

/// Reads the file of a token. The error names the variable, and neither the path nor the content.
pub(super) fn read(path: &Path) -> Result<Token, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| {
        let message = format!("the file that PENBOX_API_TOKEN_FILE names cannot be read: {source}");
        Error::config(message)
            .with_reason(Reason::TokenFile)
            .with_hint("PENBOX_API_TOKEN_FILE must name a readable text file that holds the token.")
            .with_source(source)
    })?;
    let text = Zeroizing::new(text);
    // Editors and `echo` end a file with a line break.
    Token::of_line(&text).map_err(|error| {
        error
            .after(&format!("the file {}: ", path.display()))
            .with_reason(Reason::TokenMalformed)
    })
}
