//! The error of a token that the server refused: its hint says what is known of the token.

use std::fmt::Write as _;

use crate::auth::Credential;
use crate::error::{Error, name};

/// The length of the token on the API's Authentication page. The page names no length, so another one is no error.
const USUAL_LENGTH: usize = 53;

/// The error of a refused token, with its next step. The server says the same of a token that is invalid, expired or revoked: only one
/// that worked before in this client is known to be no longer valid. `failure` is the error of a supplier that was asked again.
pub(super) fn explained(error: Error, refused: &Credential, failure: Option<&Error>) -> Error {
    let mut hint = match refused.has_worked() {
        true => concat!(
            "The token worked before in this client, so it was revoked or has expired. Create another at https://app.penbox.io/workspace/settings/api and give it to the client with ",
            name!("client.set_token"),
            "."
        )
        .to_owned(),
        false => "The token was not accepted: it is invalid, expired or revoked. Check that it is complete, starts with pnbx_ and is still listed at https://app.penbox.io/workspace/settings/api, or create a new one there.".to_owned(),
    };
    let length = refused.token.length();
    if length != USUAL_LENGTH && !refused.has_worked() {
        // A `String` takes all that is written to it.
        let _ = write!(
            hint,
            " It has {length} characters, and the documentation's has {USUAL_LENGTH}: was the whole token copied?"
        );
    }
    if let Some(failure) = failure {
        let _ = write!(
            hint,
            " Its source was asked again, and failed: {}.",
            failure.template()
        );
    }
    error.with_hint(hint)
}
