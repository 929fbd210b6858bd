//! Tokens: their format, where they come from, and what may be shown of them.

mod environment;
mod source;
mod token;

pub use environment::Environment;
pub use source::TokenSource;
pub(crate) use source::resolve;
pub use token::Token;
pub(crate) use token::{PREFIX, SECRET};

/// What may be known of a client's token without knowing the token.
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

    /// Where the token was found.
    pub fn source(&self) -> &'a TokenSource {
        self.source
    }

    /// Eight hexadecimal digits of a hash of the token: enough to tell two tokens apart in a log, never a part of one.
    pub fn fingerprint(&self) -> String {
        self.token.fingerprint()
    }
}
