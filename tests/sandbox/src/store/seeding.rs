use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Store;
use super::forms::{Contact, Form, FormStatus, Owner};
use crate::error::ApiError;
use crate::fields::parse_moment;
use crate::{ids, seed};

/// The most forms made at once.
const MOST: usize = 100_000;

/// Forms to make quickly, past the checks of `POST /forms`; every member but `count` has a default.
///
/// ```
/// use penbox_sandbox::FormSeed;
/// let seed = FormSeed { count: 250, ..FormSeed::default() };
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormSeed {
    /// How many, at most 100,000.
    pub count: usize,
    /// The workspace's slug; [`seed::ACME_SLUG`] by default.
    #[serde(default)]
    pub workspace: Option<String>,
    /// The template's slug, which must exist there; [`seed::CLIENT_ONBOARDING`] by default.
    #[serde(default)]
    pub flow: Option<String>,
    /// The id of a form preset; none by default.
    #[serde(default)]
    pub customization: Option<String>,
    /// The status; pending by default. `processed` sets `processed_at` too.
    #[serde(default)]
    pub status: Option<FormStatus>,
    /// Whether they are archived.
    #[serde(default)]
    pub archived: bool,
    /// The owner's email; no owner by default.
    #[serde(default)]
    pub owner_email: Option<String>,
    /// The contact's email; `contact-0@example.com`, `contact-1@example.com` and so on by default.
    #[serde(default)]
    pub user_email: Option<String>,
    /// Pre-filled data.
    #[serde(default)]
    pub data: Map<String, Value>,
    /// The caller's metadata; `{"index": n}` by default.
    #[serde(default)]
    pub external_args: Option<Map<String, Value>>,
    /// `created_at` of the first; now by default.
    #[serde(default)]
    pub created_at: Option<String>,
    /// Milliseconds between one and the next. 0, the default, still keeps them apart by a microsecond.
    #[serde(default)]
    pub step_ms: u32,
}

impl Store {
    /// Makes the forms and gives their ids, oldest first.
    pub(crate) fn seed_forms(
        &mut self,
        wanted: FormSeed,
        now: Timestamp,
    ) -> Result<Vec<String>, ApiError> {
        if wanted.count > MOST {
            return Err(ApiError::bad_request(format!(
                "count must be at most {MOST}"
            )));
        }
        let slug = wanted.workspace.as_deref().unwrap_or(seed::ACME_SLUG);
        let workspace = self.known_workspace(slug)?;
        let flow = wanted.flow.as_deref().unwrap_or(seed::CLIENT_ONBOARDING);
        let known = |template: &super::FormTemplate| {
            template.workspace.slug == workspace.slug && template.slug == flow
        };
        if !self.templates.iter().any(known) {
            return Err(ApiError::not_found_because(format!(
                "Form template {flow} does not exist in {slug}"
            )));
        }
        let first = match wanted.created_at.as_deref() {
            None if wanted.step_ms > 0 => Some(self.next_moment(now)),
            None => None,
            Some(text) => Some(parse_moment(text).ok_or_else(|| {
                ApiError::bad_request("created_at must be an ISO 8601 date-time")
            })?),
        };
        let owner = wanted.owner_email.as_ref().map(|email| Owner {
            id: self.owner_id(email),
            email: email.clone(),
        });
        let status = wanted.status.unwrap_or(FormStatus::Pending);
        // One microsecond is the sandbox's resolution.
        let step = (i64::from(wanted.step_ms) * 1000).max(1);
        let mut made = Vec::with_capacity(wanted.count);
        for index in 0..wanted.count {
            let created_at = match first {
                Some(first) => {
                    let offset = i64::try_from(index)
                        .unwrap_or(i64::MAX)
                        .saturating_mul(step);
                    first
                        .checked_add(SignedDuration::from_micros(offset))
                        .map_err(|_| ApiError::bad_request("created_at is too late"))?
                }
                None => self.next_moment(now),
            };
            let id = ids::uuid();
            made.push(id.clone());
            let email = wanted
                .user_email
                .clone()
                .unwrap_or_else(|| format!("contact-{index}@example.com"));
            self.forms.add(Form {
                id,
                created_at,
                updated_at: created_at,
                status,
                archived_at: wanted.archived.then_some(created_at),
                processed_at: (status == FormStatus::Processed).then_some(created_at),
                active_from: (status != FormStatus::Draft).then_some(created_at),
                active_until: None,
                user: Contact {
                    email: Some(email),
                    ..Contact::default()
                },
                owner: owner.clone(),
                flow: flow.to_owned(),
                customization: wanted.customization.clone(),
                workspace,
                data: wanted.data.clone(),
                external_args: wanted
                    .external_args
                    .clone()
                    .unwrap_or_else(|| Map::from_iter([("index".to_owned(), index.into())])),
                options: Map::new(),
                webhooks: Default::default(),
                responses: Vec::new(),
            });
        }
        Ok(made)
    }
}
