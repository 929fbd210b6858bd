//! The headers that `on_request` gave an attempt.

use http::HeaderMap;

use super::call::Call;
use super::{headers, preflight};
use crate::auth::Token;
use crate::error::{Error, Result, name};

/// Checks the headers that `on_request` gave this attempt: they hold no token and fit into the head. Once more where the token of the
/// attempt is another than the one that the hook ran before.
pub(super) fn check(call: &Call<'_>, token: &Token) -> Result<()> {
    let given = call.hook_headers();
    if given
        .iter()
        .any(|(name, value)| token.is_in(name) || token.is_in(value))
    {
        return Err(refused(
            concat!(
                "a header of ",
                name!("on_request"),
                " holds this client's token"
            )
            .to_owned(),
        ));
    }
    let size = |(name, value): &(String, String)| name.len() + value.len() + 4;
    let size = call.head_size() + given.iter().map(size).sum::<usize>();
    if size > preflight::MAX_HEAD {
        let most = preflight::MAX_HEAD;
        return Err(refused(format!(
            concat!(
                "the headers of ",
                name!("on_request"),
                " do not fit into the {} bytes of a request's head"
            ),
            most
        )));
    }
    call.context.expect_head(size);
    Ok(())
}

/// Adds the headers of `on_request` to those of the request, in the place of others of their names.
pub(super) fn add(call: &Call<'_>, all: &mut HeaderMap) -> Result<()> {
    for (name, value) in call.hook_headers().iter() {
        let (name, value) = headers::valid_header(name, value)?;
        all.insert(name, value);
    }
    Ok(())
}

/// The error of a header that a hook may not give.
fn refused(message: String) -> Error {
    Error::invalid_argument(message).with_hint(concat!(
        "The client sends its token by itself. A header of ",
        name!("option.headers"),
        " or of a hook is for what the API does not know."
    ))
}
