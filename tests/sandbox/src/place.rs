use crate::auth::Caller;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::ids;
use crate::query::Query;
use crate::store::Store;
use crate::store::workspaces::Workspace;

/// The workspace that a request names, if it names one: by `company` or `workspace`, by slug or id.
/// The reference has both words and no rule for their use (its conflict C17; inferred).
pub(crate) struct Place(Vec<Reference>);

enum Reference {
    Slug(String),
    Id(String),
}

impl Place {
    /// `{"company": {"slug" or "id"}, "workspace": {"slug" or "id"}}` of a body.
    pub(crate) fn parse(body: Fields<'_>) -> Result<Self, ApiError> {
        let mut found = Vec::new();
        for key in ["company", "workspace"] {
            let Some(place) = body.inner(key)? else {
                continue;
            };
            if let Some(slug) = place.text("slug")? {
                found.push(Reference::Slug(slug.to_owned()));
            }
            if let Some(id) = place.text("id")? {
                let id = ids::parse_uuid(id)
                    .ok_or_else(|| ApiError::bad_request(format!("{key}.id must be a UUID")))?;
                found.push(Reference::Id(id));
            }
        }
        Ok(Self(found))
    }

    /// `company` or `workspace` of a query: an id, and a slug too.
    pub(crate) fn from_query(query: &Query) -> Result<Self, ApiError> {
        let mut found = Vec::new();
        for key in ["company", "workspace"] {
            if let Some(text) = query.one(key)? {
                found.push(match ids::parse_uuid(text) {
                    Some(id) => Reference::Id(id),
                    None => Reference::Slug(text.to_owned()),
                });
            }
        }
        Ok(Self(found))
    }

    /// 404 for one that is not there, 403 for one the token does not open, 400 for two different ones.
    pub(crate) fn find(
        &self,
        store: &Store,
        caller: &Caller,
    ) -> Result<Option<Workspace>, ApiError> {
        let mut named: Option<Workspace> = None;
        for reference in &self.0 {
            let found = match reference {
                Reference::Slug(slug) => store.workspace(slug),
                Reference::Id(id) => store.workspace_by_id(id),
            }
            .ok_or_else(|| ApiError::not_found_because("Workspace not found"))?;
            if named.is_some_and(|other| other.id != found.id) {
                return Err(ApiError::bad_request(
                    "company and workspace name different workspaces",
                ));
            }
            named = Some(found);
        }
        if named.is_some_and(|workspace| !caller.opens(workspace.slug)) {
            return Err(ApiError::forbidden());
        }
        Ok(named)
    }

    /// The workspace named, else the first the token opens.
    pub(crate) fn find_or_first(
        &self,
        store: &Store,
        caller: &Caller,
    ) -> Result<Workspace, ApiError> {
        let first = caller
            .workspaces
            .first()
            .and_then(|slug| store.workspace(slug));
        self.find(store, caller)?
            .or(first)
            .ok_or_else(ApiError::forbidden)
    }
}
