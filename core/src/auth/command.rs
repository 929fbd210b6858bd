//! The program that prints the token, as a setting gives it.

use std::fmt;

use super::token::PREFIX;
use crate::error::{Error, Result, name, printable};

/// Characters that have a meaning for a shell. Whoever writes one expects a shell, and none reads the text.
const OF_A_SHELL: &[char] = &[
    '"', '\'', '\\', '$', '`', '|', '&', ';', '<', '>', '(', ')', '*', '?', '~', '\n', '\r',
];

/// A program with its arguments, which is started without a shell.
#[derive(Clone)]
pub(crate) struct Command {
    /// The program, then its arguments: at least one word, none of them with a NUL.
    words: Vec<String>,
}

impl Command {
    /// The command of a text: words between spaces, without quotes or anything else that a shell would read.
    pub(crate) fn parse(text: &str) -> Result<Command> {
        if text.contains(OF_A_SHELL) {
            let message = concat!(
                "the setting ",
                name!("token_command"),
                " has a character that only a shell would understand, and none runs it"
            );
            return Err(Error::config(message).with_hint(
                "Give the program and its arguments as a list of texts (as JSON where only text can be given, such as [\"pass\", \"show\", \"a name\"]), or a script's path.",
            ));
        }
        Command::of(text.split_whitespace().map(str::to_owned).collect())
    }

    /// The command of a list of words.
    pub(crate) fn of(words: Vec<String>) -> Result<Command> {
        let refused = |what: &str| {
            let message = format!(concat!("the setting ", name!("token_command"), " {}"), what);
            Err(Error::config(message)
                .with_hint("Give the path of a program that prints the token, and its arguments."))
        };
        if words
            .first()
            .is_none_or(|program| program.trim().is_empty())
        {
            return refused("names no program");
        }
        if words.iter().any(|word| word.contains('\0')) {
            return refused("has a NUL in a word");
        }
        if words.iter().any(|word| word.contains(PREFIX)) {
            return refused(
                "holds what looks like a token, which everybody could read in the list of processes",
            );
        }
        Ok(Command { words })
    }

    /// The program's name without its folder: its arguments may be secrets.
    pub(crate) fn program(&self) -> String {
        let program = self.words[0].rsplit('/').next().unwrap_or_default();
        printable(program, 80)
    }

    /// The program and its arguments.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Command").field(&self.program()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Command::parse(text).unwrap().words().to_vec()
    }

    #[test]
    fn a_text_is_split_at_spaces_and_nothing_else_is_read_out_of_it() {
        assert_eq!(
            words("  vault  kv get\t-field=token kv/penbox "),
            ["vault", "kv", "get", "-field=token", "kv/penbox"]
        );
        for text in [
            "pass 'a b'",
            "a | b",
            "$HOME/t",
            "a\nb",
            "a;b",
            "~/t",
            "a > b",
        ] {
            let error = Command::parse(text).unwrap_err();
            assert!(error.message().contains("shell"), "{text}");
        }
    }

    #[test]
    fn a_command_without_a_program_or_with_a_token_is_refused_and_not_repeated() {
        for given in [
            vec![],
            vec![""],
            vec![" "],
            vec!["a\0b"],
            vec!["echo", "pnbx_pasted"],
        ] {
            let given = given.into_iter().map(str::to_owned).collect();
            let error = Command::of(given).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("pasted"));
        }
        let command = Command::parse("/opt/vault/bin/vault read secret/path").unwrap();
        assert_eq!(format!("{command:?}"), r#"Command("vault")"#);
    }
}
