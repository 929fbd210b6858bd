use serde::{Deserialize, Serialize};

use super::Store;
use crate::error::ApiError;
use crate::{ids, seed};

/// A token the sandbox has given out.
pub(crate) struct Token {
    pub(crate) name: String,
    /// One by the authentication page; several by `/workspace/settings/api`.
    pub(crate) workspaces: Vec<&'static str>,
    pub(crate) revoked: bool,
}

/// What a new token is asked to be; every member has a default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewToken {
    /// Slugs of the workspaces it opens; [`seed::ACME_SLUG`] by default.
    pub workspaces: Option<Vec<String>>,
    /// The name it goes by in the request log.
    pub name: Option<String>,
    /// The token itself; a random one of the documented shape by default.
    pub token: Option<String>,
}

/// A token just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenInfo {
    /// The token itself.
    pub token: String,
    /// Its name.
    pub name: String,
    /// Slugs of the workspaces it opens.
    pub workspaces: Vec<String>,
}

impl Store {
    pub(crate) fn create_token(&mut self, new: NewToken) -> Result<TokenInfo, ApiError> {
        let wanted = new
            .workspaces
            .unwrap_or_else(|| vec![seed::ACME_SLUG.to_owned()]);
        if wanted.is_empty() {
            return Err(ApiError::bad_request("workspaces must name at least one"));
        }
        let mut workspaces = Vec::new();
        for slug in &wanted {
            let workspace = self.known_workspace(slug)?;
            if !workspaces.contains(&workspace.slug) {
                workspaces.push(workspace.slug);
            }
        }
        let token = new.token.unwrap_or_else(ids::token);
        if !is_token(&token) {
            return Err(ApiError::bad_request(
                "token must start with pnbx_ and be printable ASCII without spaces",
            ));
        }
        if self.tokens.contains_key(&token) {
            return Err(ApiError::conflict("This token exists already"));
        }
        let name = new
            .name
            .unwrap_or_else(|| format!("Sandbox token {}", self.tokens.len() + 1));
        let info = TokenInfo {
            token: token.clone(),
            name: name.clone(),
            workspaces: workspaces.iter().map(|&slug| slug.to_owned()).collect(),
        };
        self.tokens.insert(
            token,
            Token {
                name,
                workspaces,
                revoked: false,
            },
        );
        Ok(info)
    }

    /// Works at once, and a second time too.
    pub(crate) fn revoke_token(&mut self, token: &str) -> Result<(), ApiError> {
        match self.tokens.get_mut(token) {
            Some(known) => {
                known.revoked = true;
                Ok(())
            }
            None => Err(ApiError::not_found_because("This token does not exist")),
        }
    }
}

fn is_token(text: &str) -> bool {
    text.strip_prefix("pnbx_").is_some_and(|rest| {
        (1..=512).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_graphic())
    })
}
