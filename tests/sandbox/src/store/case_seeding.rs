use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Store;
use super::cases::{CaseContact, ParentStatus};
use super::members::Member;
use crate::error::ApiError;
use crate::fields::parse_moment;
use crate::{ids, seed};

/// The most cases made at once.
const MOST: usize = 100_000;

/// Cases to make quickly, past the checks of `POST /cases`; every member but `count` has a default.
///
/// ```
/// use penbox_sandbox::CaseSeed;
/// let seed = CaseSeed { count: 250, ..CaseSeed::default() };
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseSeed {
    /// How many, at most 100,000.
    pub count: usize,
    /// The id of a case template; [`seed::ACME_CASE_TEMPLATE`] by default. Its workspace is theirs.
    #[serde(default)]
    pub template: Option<String>,
    /// The title; `Case 0`, `Case 1` and so on by default.
    #[serde(default)]
    pub title: Option<String>,
    /// The custom status; that of the parent status by default.
    #[serde(default)]
    pub status: Option<String>,
    /// The parent status; draft by default.
    #[serde(default)]
    pub parent_status: Option<ParentStatus>,
    /// Whether they are archived.
    #[serde(default)]
    pub archived: bool,
    /// The owner's email, who becomes a member of the workspace; no owner by default.
    #[serde(default)]
    pub owner_email: Option<String>,
    /// The main contact's email; `contact-0@example.com`, `contact-1@example.com` and so on by default.
    #[serde(default)]
    pub contact_email: Option<String>,
    /// `created_at` of the first; now by default.
    #[serde(default)]
    pub created_at: Option<String>,
    /// Milliseconds between one and the next. 0, the default, still keeps them apart by a microsecond.
    #[serde(default)]
    pub step_ms: u32,
}

impl Store {
    /// Makes the cases and gives their ids, oldest first.
    pub(crate) fn seed_cases(
        &mut self,
        wanted: CaseSeed,
        now: Timestamp,
    ) -> Result<Vec<String>, ApiError> {
        if wanted.count > MOST {
            return Err(ApiError::bad_request(format!(
                "count must be at most {MOST}"
            )));
        }
        let template = wanted
            .template
            .as_deref()
            .unwrap_or(seed::ACME_CASE_TEMPLATE);
        let model = self.cases.template(template).cloned().ok_or_else(|| {
            ApiError::not_found_because(format!("Case template {template} does not exist"))
        })?;
        let workspace = model.workspace.slug;
        let owner = wanted.owner_email.as_deref().and_then(|email| {
            if self.member(workspace, email).is_none() {
                self.members.push(Member {
                    workspace,
                    email: email.to_owned(),
                    given_name: None,
                    family_name: None,
                });
            }
            self.member(workspace, email)
        });
        let first = match wanted.created_at.as_deref() {
            None if wanted.step_ms > 0 => Some(self.next_moment(now)),
            None => None,
            Some(text) => Some(parse_moment(text).ok_or_else(|| {
                ApiError::bad_request("created_at must be an ISO 8601 date-time")
            })?),
        };
        let parent_status = wanted.parent_status.unwrap_or(ParentStatus::Draft);
        let step = (i64::from(wanted.step_ms) * 1000).max(1);
        let mut made = Vec::with_capacity(wanted.count);
        let mut offset = 0_i64;
        for index in 0..wanted.count {
            let created_at = match first {
                Some(first) => first
                    .checked_add(SignedDuration::from_micros(offset))
                    .map_err(|_| ApiError::bad_request("created_at is too late"))?,
                None => self.next_moment(now),
            };
            offset = offset.saturating_add(step);
            let mut case = model.instance(created_at);
            case.parent_status = parent_status;
            case.status = wanted
                .status
                .clone()
                .unwrap_or_else(|| parent_status.name().to_owned());
            case.title = wanted
                .title
                .clone()
                .unwrap_or_else(|| format!("Case {index}"));
            case.archived_at = wanted.archived.then_some(created_at);
            case.owner.clone_from(&owner);
            let email = wanted
                .contact_email
                .clone()
                .unwrap_or_else(|| format!("contact-{index}@example.com"));
            case.contacts = vec![CaseContact {
                id: ids::uuid(),
                key: "main".to_owned(),
                email: Some(email),
                ..CaseContact::default()
            }];
            made.push(case.id.clone());
            self.cases.add(case);
        }
        Ok(made)
    }
}
