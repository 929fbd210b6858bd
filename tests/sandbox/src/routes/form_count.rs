use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Extension, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use serde::Serialize;

use super::json;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::filter::{self, Field, Filterable};
use crate::query::Query;
use crate::store::forms::Form;

const USER: [&str; 8] = [
    "anonymous",
    "email",
    "phone",
    "given_name",
    "family_name",
    "company_name",
    "internal_ref",
    "locale",
];

pub(super) fn router() -> Router<App> {
    Router::new().route("/forms/count", get(count))
}

#[derive(Serialize)]
struct Count {
    count: usize,
    /// Under the name of the group, as it was asked for; a dotted one stays whole (inferred).
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<BTreeMap<String, BTreeMap<String, usize>>>,
}

/// `GET /forms/count`, by the filters of the list.
async fn count(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let filter = filter::forms::parse(&query)?;
    let group = query.one("group-by")?.map(Group::parse).transpose()?;
    let now = app.now();
    let store = app.store();
    let mut count = 0;
    let mut groups = BTreeMap::new();
    for form in store.forms.iter() {
        if caller.opens(form.workspace.slug) && filter.matches(form, now) {
            count += 1;
            if let Some(group) = &group {
                *groups.entry(group.key(form, now)).or_default() += 1;
            }
        }
    }
    let by = group.map(|group| BTreeMap::from([(group.asked, groups)]));
    Ok(json(StatusCode::OK, &Count { count, by }))
}

/// `status`, `user.{field}` or `data.{field}` (`/api-reference/requests/count-requests`).
struct Group {
    asked: String,
    member: &'static str,
    rest: Vec<String>,
}

impl Group {
    fn parse(text: &str) -> Result<Self, ApiError> {
        let (member, rest) = match text.split_once('.') {
            None if text == "status" => ("status", Vec::new()),
            Some(("user", field)) if USER.contains(&field) => ("user", vec![field.to_owned()]),
            Some(("data", path)) if path.split('.').all(|step| !step.is_empty()) => {
                ("data", path.split('.').map(str::to_owned).collect())
            }
            _ => {
                return Err(ApiError::bad_request(
                    "group-by must be status, user.{field} or data.{field}",
                ));
            }
        };
        Ok(Self {
            asked: text.to_owned(),
            member,
            rest,
        })
    }

    /// Strings as they are, other values as JSON; nothing there counts under `null` (inferred).
    fn key(&self, form: &Form, now: Timestamp) -> String {
        // A key with a dot in its name comes before a path.
        let whole = [self.rest.join(".")];
        let dotted = self.member == "data" && form.data.contains_key(&whole[0]);
        let rest = if dotted { &whole[..] } else { &self.rest };
        match form.field(self.member, rest, now) {
            Field::Null => "null".to_owned(),
            Field::Bool(on) => on.to_string(),
            Field::Text(text) => text.to_owned(),
            Field::Moment(at) => at.to_string(),
            Field::Json(value) => value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        }
    }
}
