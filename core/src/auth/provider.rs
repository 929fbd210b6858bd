//! The callback that gives the token, in any language: it may answer at once or from another thread.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::ask::{AskError, AskLimits};
use super::masking::without_secrets;
use super::token::Token;
use crate::cancel::Waiter;
use crate::error::{Error, Reason, name, printable};
use crate::system;

/// The time that a callback has which answers later, such as one that returns a promise. It is that of a request, by default: who
/// has not answered by then will not. A callback that blocks its thread cannot be ended.
const PROVIDER_LIMIT: Duration = Duration::from_secs(60);
/// The most characters of a callback's own error that an error shows, beside which it is the source.
const MAX_SHOWN: usize = 256;

/// A callback that gives the token.
#[derive(Clone)]
pub(crate) struct Provider(Arc<dyn Fn(TokenRequest) + Send + Sync>);

type Answer = std::result::Result<Zeroizing<String>, Error>;

/// The question for a token, which is answered once, on any thread. One that is dropped is answered by nothing.
pub struct TokenRequest(Option<Arc<Waiter<Answer>>>);

impl TokenRequest {
    /// Answers with a token.
    pub fn give(self, token: String) {
        self.answer(Ok(Zeroizing::new(token)));
    }

    /// Answers with the error of a callback that raised: its text, and the error itself where it can be kept.
    pub fn raised(self, text: &str, source: Option<Box<dyn std::error::Error + Send + Sync>>) {
        let text = printable(&without_secrets(text), MAX_SHOWN);
        let message = match text.is_empty() {
            true => concat!("the ", name!("token_provider"), " failed").to_owned(),
            false => format!(
                concat!("the ", name!("token_provider"), " failed: {}"),
                text
            ),
        };
        let error = Error::config(message)
            .with_reason(Reason::ProviderFailed)
            .with_passing(true);
        self.answer(Err(match source {
            Some(source) => error.with_source(source),
            None => error,
        }));
    }

    /// Answers for a callback that returned something that is no text, such as `an int`.
    pub fn not_text(self, kind: &str) {
        let kind = printable(kind, 80);
        let message = format!(
            concat!("the ", name!("token_provider"), " returned {}, not a text"),
            kind
        );
        self.answer(Err(Error::config(message).with_reason(Reason::ProviderType)));
    }

    fn answer(mut self, answer: Answer) {
        if let Some(waiter) = self.0.take() {
            waiter.notify(answer);
        }
    }
}

impl Drop for TokenRequest {
    fn drop(&mut self) {
        if let Some(waiter) = self.0.take() {
            let message = concat!("the ", name!("token_provider"), " returned nothing");
            waiter.notify(Err(
                Error::config(message).with_reason(Reason::ProviderEmpty)
            ));
        }
    }
}

impl Provider {
    pub(crate) fn new(ask: impl Fn(TokenRequest) + Send + Sync + 'static) -> Provider {
        Provider(Arc::new(ask))
    }

    /// Calls the callback, and waits for its answer as long as the call that wants it goes on.
    pub(super) fn ask(&self, limits: &AskLimits<'_>) -> Result<Token, AskError> {
        let waiter = Waiter::new();
        (self.0)(TokenRequest(Some(Arc::clone(&waiter))));
        let latest = system::now() + PROVIDER_LIMIT;
        let until = limits
            .deadline
            .map_or(latest, |deadline| deadline.min(latest));
        let text = match limits.cancel.wait(&waiter, until) {
            Some(answer) => answer.map_err(AskError::Failed)?,
            None if limits.cancel.cause().is_some() || limits.is_over() => {
                return Err(AskError::Ended);
            }
            None => {
                let message = concat!(
                    "the ",
                    name!("token_provider"),
                    " did not answer within 60 s"
                );
                let late = Error::config(message)
                    .with_reason(Reason::ProviderTimeout)
                    .with_passing(true)
                    .with_hint("A callback that itself calls this client waits for itself: give it a client of its own.");
                return Err(AskError::Failed(late));
            }
        };
        Token::new(&text).map_err(|fault| {
            let fault = fault.after(concat!("the ", name!("token_provider"), ": "));
            AskError::Failed(fault.with_reason(Reason::TokenMalformed))
        })
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider")
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenRequest")
    }
}
