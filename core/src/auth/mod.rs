//! Tokens: their format, their sources, the one in use, and the facts that may be shown of it.

mod ask;
mod command;
mod command_run;
mod command_token;
mod credentials;
mod environment;
mod masking;
mod provider;
mod question;
mod source;
mod supplier;
mod token;
mod token_finder;

pub(crate) use ask::{AskError, AskLimits};
pub(crate) use command::Command;
pub(crate) use credentials::{Asking, Credential, Credentials, Step};
pub use environment::Environment;
pub(crate) use provider::Provider;
pub use provider::TokenRequest;
pub(crate) use question::Question;
pub use source::TokenSource;
pub(crate) use source::{Found, Given, resolve, shared_tokens};
pub(crate) use supplier::Supplier;
pub use token::Token;
pub(crate) use token::{PREFIX, SECRET, USUAL_LENGTH};
pub(crate) use token_finder::TokenFinder;

/// The facts about a client's token that do not reveal it, as they are now.
///
/// ```
/// # fn main() -> penbox::Result<()> {
/// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
/// let client = penbox::Client::builder().token(&token).build()?;
/// assert_eq!(client.auth().source().to_string(), "the token given to the client");
/// assert_eq!(client.auth().fingerprint().map(|digits| digits.len()), Some(8));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Auth {
    token: Option<Token>,
    source: TokenSource,
}

impl Auth {
    pub(crate) fn new(token: Option<Token>, source: TokenSource) -> Self {
        Auth { token, source }
    }

    /// The source that the token was found in.
    pub fn source(&self) -> &TokenSource {
        &self.source
    }

    /// Eight hexadecimal digits of a hash of the token: enough to tell two tokens apart in a log, never a part of one. None before a
    /// provider or a command was asked, which is at the first call.
    pub fn fingerprint(&self) -> Option<String> {
        self.token.as_ref().map(Token::fingerprint)
    }
}
