//! The token of a command: the rules of its output, each fault with a reason of its own.

use std::time::Duration;

use super::ask::{AskError, AskLimits};
use super::command::Command;
use super::command_run::{Failure, Output, run};
use super::masking::without_secrets;
use super::token::{PREFIX, Token};
use crate::error::{Error, Reason, Result, name, printable};

/// The time that the command has. A secret manager answers within a second; one that waits for somebody to log in never does.
const LIMIT: Duration = Duration::from_secs(10);
/// The most characters of the command's standard error that an error shows: enough for its last lines, little enough for a log.
const MAX_SHOWN: usize = 1024;

/// Runs the command and reads the token that it prints.
pub(super) fn ask(
    command: &Command,
    limits: &AskLimits<'_>,
) -> std::result::Result<Token, AskError> {
    ask_within(command, limits, LIMIT)
}

/// Runs the command for so long at most.
fn ask_within(
    command: &Command,
    limits: &AskLimits<'_>,
    longest: Duration,
) -> std::result::Result<Token, AskError> {
    match run(command, limits, longest) {
        Ok(output) => token_of(output).map_err(AskError::Failed),
        Err(Failure::Ended) => Err(AskError::Ended),
        Err(Failure::NotStarted(source)) => Err(AskError::Failed(
            error(
                Reason::CommandNotStarted,
                &format!("cannot be run: {source}"),
                "",
            )
            .with_hint("Check the program's path, its permission to run, and PATH.")
            .with_source(source),
        )),
        Err(Failure::Late(stderr)) => {
            let message = format!(
                "did not end within {} s and was killed",
                longest.as_secs_f32()
            );
            let late = error(
                Reason::CommandTimeout,
                &message,
                &String::from_utf8_lossy(&stderr),
            )
            .with_passing(true);
            Err(AskError::Failed(late.with_hint(
                "A program that waits for a login or a password cannot be answered: its standard input is empty. Run it once by hand.",
            )))
        }
    }
}

/// The token of an output. Each fault has its own reason.
fn token_of(output: Output) -> Result<Token> {
    let Output {
        failure,
        stdout,
        stderr,
    } = output;
    let text = std::str::from_utf8(&stdout).ok();
    let said = String::from_utf8_lossy(&stderr);
    let token = text.map(Token::of_line);
    let on_stderr = match &token {
        // Its own token, or without one on standard output any.
        Some(Ok(token)) if token.is_in(&said) => Some(token.blank(&said)),
        Some(Ok(_)) => None,
        _ => said.contains(PREFIX).then(|| without_secrets(&said)),
    };
    if let Some(said) = on_stderr {
        return Err(error(Reason::CommandStderr, "writes a token to standard error, where logs take it", &said)
            .with_hint("Have the program print the token to standard output alone, and replace this token: a log may have it."));
    }
    if let Some(failure) = failure {
        return Err(error(Reason::CommandFailed, &failure, &said)
            .with_passing(true)
            .with_hint("Run it by hand, as the user and with the environment of this process."));
    }
    let (Some(text), Some(token)) = (text, token) else {
        return Err(error(
            Reason::TokenMalformed,
            "prints what is no text",
            &said,
        ));
    };
    if text.trim().is_empty() {
        return Err(error(Reason::CommandEmpty, "prints nothing", &said)
            .with_hint("The token alone must be on its standard output."));
    }
    if text.trim().contains(['\n', '\r']) {
        return Err(
            error(Reason::CommandLines, "prints more than one line", &said).with_hint(
                "The token alone must be on its standard output; one line break may end it.",
            ),
        );
    }
    token.map_err(|fault| {
        fault
            .after(concat!("the ", name!("token_command"), ": "))
            .with_reason(Reason::TokenMalformed)
    })
}

/// An error of the command, with the end of what it wrote to its standard error.
fn error(reason: Reason, what: &str, said: &str) -> Error {
    let mut message = format!(concat!("the ", name!("token_command"), " {}"), what);
    let said = without_secrets(said);
    let said = said.trim();
    if !said.is_empty() {
        let mut start = said.len().saturating_sub(MAX_SHOWN);
        while !said.is_char_boundary(start) {
            start += 1;
        }
        message.push_str("; it wrote: ");
        message.push_str(&printable(&said[start..], MAX_SHOWN));
    }
    Error::config(message).with_reason(reason)
}

#[cfg(all(test, unix))]
mod tests;
