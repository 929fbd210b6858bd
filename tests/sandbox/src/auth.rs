use axum::http::{HeaderMap, HeaderValue, header};

use crate::error::ApiError;
use crate::store::Store;

/// Who a request speaks for.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) token: String,
    pub(crate) token_name: String,
    /// Slugs of the workspaces the token opens.
    pub(crate) workspaces: Vec<&'static str>,
}

impl Caller {
    pub(crate) fn opens(&self, workspace: &str) -> bool {
        self.workspaces.contains(&workspace)
    }

    /// 403 for a thing of a workspace that the token does not open.
    pub(crate) fn check(&self, workspace: &str) -> Result<(), ApiError> {
        if self.opens(workspace) {
            Ok(())
        } else {
            Err(ApiError::forbidden())
        }
    }
}

/// Finds the caller by the rules of the authentication page: scheme `Bearer`, one space, the token.
/// The scheme's case counts and two headers are no header to trust (both inferred).
pub(crate) fn identify(headers: &HeaderMap, store: &Store) -> Result<Caller, ApiError> {
    let short = store.settings.short_401;
    let refuse = |error: ApiError| if short { error.shortened() } else { error };
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(refuse(ApiError::missing_authorization()));
    };
    let token = match (values.next(), bearer(value)) {
        (None, Some(token)) => token,
        _ => return Err(refuse(ApiError::invalid_token())),
    };
    match store.tokens.get(token) {
        Some(known) if !known.revoked => Ok(Caller {
            token: token.to_owned(),
            token_name: known.name.clone(),
            workspaces: known.workspaces.clone(),
        }),
        _ => Err(refuse(ApiError::invalid_token())),
    }
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()?.strip_prefix("Bearer ")
}

/// What the log may show of a credential.
pub(crate) fn redact(value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    if text.starts_with("Bearer pnbx_") {
        return "Bearer pnbx_***".to_owned();
    }
    match text.split_once(' ') {
        Some((scheme, _)) => format!("{scheme} ***"),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_shows() {
        for (value, shown) in [
            ("Bearer pnbx_secret", "Bearer pnbx_***"),
            ("Bearer  pnbx_secret", "Bearer ***"),
            ("bearer pnbx_secret", "bearer ***"),
            ("Basic dXNlcjpwYXNz", "Basic ***"),
            ("pnbx_secret", "***"),
            ("", "***"),
        ] {
            assert_eq!(redact(&HeaderValue::from_static(value)), shown);
        }
    }
}
