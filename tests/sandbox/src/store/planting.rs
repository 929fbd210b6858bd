//! What a user adds to the seed: workspaces, templates, members, tokens, forms and cases of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Store;
use super::case_seeding::CaseSeed;
use super::members::Member;
use super::seeding::FormSeed;
use super::templates::FormTemplate;
use super::tokens::NewToken;
use super::workspaces::Workspace;
use crate::clock::stamp;
use crate::error::ApiError;
use crate::{ids, seed};

/// The content of a seed file, and the body of `POST /_sandbox/seed`. Its parts are added in this order.
///
/// ```
/// use penbox_sandbox::{Plant, Sandbox, SandboxOptions};
///
/// let seed: Plant = serde_json::from_str(r#"{"form_templates": [{"slug": "my-intake"}], "forms": [{"count": 3, "flow": "my-intake"}]}"#)?;
/// let sandbox = Sandbox::start(SandboxOptions::default().seed(seed))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plant {
    /// Workspaces.
    pub workspaces: Vec<PlantedWorkspace>,
    /// Form templates.
    pub form_templates: Vec<PlantedTemplate>,
    /// People who can own cases.
    pub members: Vec<PlantedMember>,
    /// Tokens.
    pub tokens: Vec<NewToken>,
    /// Forms.
    pub forms: Vec<FormSeed>,
    /// Cases.
    pub cases: Vec<CaseSeed>,
}

/// A workspace of a user's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantedWorkspace {
    /// The slug, which no other workspace has.
    pub slug: String,
    /// The name; the slug by default.
    #[serde(default)]
    pub name: Option<String>,
    /// The id, a UUID; a random one by default.
    #[serde(default)]
    pub id: Option<String>,
}

/// A form template of a user's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantedTemplate {
    /// The slug, which no other template of the workspace has.
    pub slug: String,
    /// The workspace's slug; [`seed::ACME_SLUG`] by default.
    #[serde(default)]
    pub workspace: Option<String>,
    /// The name; the slug by default.
    #[serde(default)]
    pub name: Option<String>,
    /// The id, a UUID; a random one by default.
    #[serde(default)]
    pub id: Option<String>,
    /// Forms cannot be made of it.
    #[serde(default)]
    pub archived: bool,
    /// The same.
    #[serde(default)]
    pub disabled: bool,
    /// The answer of its route `/options`; an empty object by default.
    #[serde(default)]
    pub options: Option<Value>,
    /// The answer of its route `/steps`, a list; empty by default.
    #[serde(default)]
    pub steps: Option<Value>,
}

/// A person who can own the cases of a workspace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantedMember {
    /// The email address.
    pub email: String,
    /// The workspace's slug; [`seed::ACME_SLUG`] by default.
    #[serde(default)]
    pub workspace: Option<String>,
    /// The first name.
    #[serde(default)]
    pub given_name: Option<String>,
    /// The last name.
    #[serde(default)]
    pub family_name: Option<String>,
}

/// What was added, in the order in which it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Planted {
    /// Ids of workspaces.
    pub workspaces: Vec<String>,
    /// Ids of form templates.
    pub form_templates: Vec<String>,
    /// Tokens.
    pub tokens: Vec<String>,
    /// Ids of forms, oldest first.
    pub forms: Vec<String>,
    /// Ids of cases, oldest first.
    pub cases: Vec<String>,
}

impl Store {
    pub(crate) fn plant(&mut self, seed: &Plant, now: Timestamp) -> Result<Planted, ApiError> {
        let mut planted = Planted::default();
        for wanted in &seed.workspaces {
            planted.workspaces.push(self.plant_workspace(wanted, now)?);
        }
        for wanted in &seed.form_templates {
            let id = self.plant_template(wanted, now)?;
            planted.form_templates.push(id);
        }
        for wanted in &seed.members {
            self.plant_member(wanted)?;
        }
        for wanted in &seed.tokens {
            let made = self.create_token(wanted.clone())?;
            planted.tokens.push(made.token);
        }
        for wanted in &seed.forms {
            planted.forms.extend(self.seed_forms(wanted.clone(), now)?);
        }
        for wanted in &seed.cases {
            planted.cases.extend(self.seed_cases(wanted.clone(), now)?);
        }
        Ok(planted)
    }

    fn plant_workspace(
        &mut self,
        wanted: &PlantedWorkspace,
        now: Timestamp,
    ) -> Result<String, ApiError> {
        let slug = slug(&wanted.slug)?;
        if self.workspace(slug).is_some() {
            let message = format!("The workspace {slug} exists already");
            return Err(ApiError::conflict(message));
        }
        let id = id(wanted.id.as_deref())?;
        let created_at = stamp(self.next_moment(now));
        self.workspaces.push(Workspace {
            id: kept(&id),
            created_at: kept(&created_at),
            slug,
            name: wanted.name.as_deref().map_or(slug, kept),
        });
        Ok(id)
    }

    fn plant_template(
        &mut self,
        wanted: &PlantedTemplate,
        now: Timestamp,
    ) -> Result<String, ApiError> {
        let workspace = wanted.workspace.as_deref().unwrap_or(seed::ACME_SLUG);
        let workspace = self.known_workspace(workspace)?;
        let slug = slug(&wanted.slug)?;
        let is_same =
            |other: &FormTemplate| other.slug == slug && other.workspace.id == workspace.id;
        if self.templates.iter().any(is_same) {
            let message = format!("The form template {slug} exists already");
            return Err(ApiError::conflict(message));
        }
        let steps = wanted.steps.clone().unwrap_or_else(|| Value::Array(vec![]));
        if !steps.is_array() {
            return Err(ApiError::bad_request("steps must be a list"));
        }
        let options = wanted.options.clone();
        let id = id(wanted.id.as_deref())?;
        let created_at = self.next_moment(now);
        self.templates.push(FormTemplate {
            id: kept(&id),
            created_at,
            updated_at: created_at,
            workspace,
            slug,
            name: wanted.name.as_deref().map_or(slug, kept),
            archived_at: wanted.archived.then_some(created_at),
            enabled: !wanted.disabled,
            options: options.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            steps,
        });
        Ok(id)
    }

    fn plant_member(&mut self, wanted: &PlantedMember) -> Result<(), ApiError> {
        let workspace = wanted.workspace.as_deref().unwrap_or(seed::ACME_SLUG);
        let workspace = self.known_workspace(workspace)?.slug;
        if !wanted.email.contains('@') {
            return Err(ApiError::bad_request("email must be an email address"));
        }
        if self.member(workspace, &wanted.email).is_some() {
            let message = format!("{} is a member of {workspace} already", wanted.email);
            return Err(ApiError::conflict(message));
        }
        self.members.push(Member {
            workspace,
            email: wanted.email.clone(),
            given_name: wanted.given_name.clone(),
            family_name: wanted.family_name.clone(),
        });
        Ok(())
    }
}

/// Text that lives as long as the program. The seed's own is such text, a user adds little, and a reset may give the same once more.
fn kept(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// Lower-case letters, digits and hyphens, as in every slug of the reference.
fn slug(text: &str) -> Result<&'static str, ApiError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match (1..=100).contains(&text.len()) && text.bytes().all(is_plain) {
        true => Ok(kept(text)),
        false => Err(ApiError::bad_request(
            "slug must be of lower-case letters, digits and hyphens",
        )),
    }
}

fn id(wanted: Option<&str>) -> Result<String, ApiError> {
    match wanted {
        None => Ok(ids::uuid()),
        Some(text) => {
            ids::parse_uuid(text).ok_or_else(|| ApiError::bad_request("id must be a UUID"))
        }
    }
}
