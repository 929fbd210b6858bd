//! Tokens: their format, their sources, and the facts that may be shown of them.

mod environment;
mod source;
mod token;
mod token_finder;

pub use environment::Environment;
pub use source::TokenSource;
pub(crate) use source::resolve;
pub use token::Token;
pub(crate) use token::{PREFIX, SECRET};
pub(crate) use token_finder::TokenFinder;

/// The facts about a client's token that do not reveal it.
///
/// ```
/// # fn main() -> penbox::Result<()> {
/// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
/// let client = penbox::Client::builder().token(&token).build()?;
/// assert_eq!(client.auth().source().to_string(), "the token given to the client");
/// assert_eq!(client.auth().fingerprint().len(), 8);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Auth<'a> {
    token: &'a Token,
    source: &'a TokenSource,
}

impl<'a> Auth<'a> {
    pub(crate) fn new(token: &'a Token, source: &'a TokenSource) -> Self {
        Auth { token, source }
    }

    /// The source that the token was found in.
    pub fn source(&self) -> &'a TokenSource {
        self.source
    }

    /// Eight hexadecimal digits of a hash of the token: enough to tell two tokens apart in a log, never a part of one.
    pub fn fingerprint(&self) -> String {
        self.token.fingerprint()
    }
}
