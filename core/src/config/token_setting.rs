//! The settings that give the token: itself, a callback, or a command.

use serde_json::Value;

use crate::auth::{Command, Given, Supplier};
use crate::error::{Error, Result, name};

use super::builder::ClientBuilder;
use super::errors::ill_typed;

impl ClientBuilder {
    /// The source of the token that was given in code. Two of them are refused: nothing says which one is meant.
    pub(super) fn given_token(&self) -> Result<Option<Given<'_>>> {
        let command = self.words("token_command")?;
        if self.values.contains_key("token_provider") {
            return Err(ill_typed("token_provider", "a function"));
        }
        let given = [
            self.token.is_some(),
            self.provider.is_some(),
            command.is_some(),
        ];
        if given.into_iter().filter(|is_given| *is_given).count() > 1 {
            let message = concat!(
                "only one of ",
                name!("token"),
                ", ",
                name!("token_provider"),
                " and ",
                name!("token_command"),
                " can be given"
            );
            return Err(Error::config(message).with_hint("Remove all but one of them."));
        }
        Ok(match (&self.token, &self.provider, command) {
            (Some(token), ..) => Some(Given::Token(token)),
            (_, Some(provider), _) => Some(Given::Supplier(Supplier::Provider(provider.clone()))),
            (.., Some(command)) => Some(Given::Supplier(Supplier::Command(command))),
            _ => None,
        })
    }

    /// A command: a list of texts, the same as JSON, or a text of words.
    fn words(&self, name: &str) -> Result<Option<Command>> {
        let list = |items: &[Value]| {
            let words = items.iter().map(|item| item.as_str().map(str::to_owned));
            let words: Option<Vec<String>> = words.collect();
            Command::of(words.ok_or_else(|| ill_typed(name, "text or a list of texts"))?)
        };
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::Array(items)) => list(items).map(Some),
            Some(Value::String(text)) if text.trim_start().starts_with('[') => {
                match serde_json::from_str(text) {
                    Ok(Value::Array(items)) => list(&items).map(Some),
                    _ => Err(ill_typed(name, "text or a list of texts, as JSON")),
                }
            }
            Some(Value::String(text)) => Command::parse(text).map(Some),
            Some(_) => Err(ill_typed(name, "text or a list of texts")),
        }
    }
}
