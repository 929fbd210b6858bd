use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::responses::{FormResponse, ResponseView};
use super::workspaces::{Workspace, WorkspaceRef};
use crate::clock::{shown, stamp};
use crate::filter::{Field, Filterable};
use crate::sort::Dated;

/// The statuses of a form (`/forms/statuses`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormStatus {
    /// Made, not sent.
    Draft,
    /// Sent, not answered.
    Pending,
    /// Answered.
    Completed,
    /// Refused by the contact.
    Declined,
    /// Answered and marked as dealt with.
    Processed,
}

impl FormStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Processed => "processed",
        }
    }
}

/// The contact of a form; every key is shown, null when it was not given.
#[derive(Clone, Default, Serialize)]
pub(crate) struct Contact {
    /// Nothing tells who the contact is (inferred).
    pub(crate) anonymous: bool,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) company_name: Option<String>,
    pub(crate) internal_ref: Option<String>,
    pub(crate) locale: Option<String>,
}

/// The member of the workspace who looks after a form.
#[derive(Clone, Serialize)]
pub(crate) struct Owner {
    pub(crate) id: String,
    pub(crate) email: String,
}

/// A form as it is kept.
pub(crate) struct Form {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    /// Not shown by the API; sorted and filtered by.
    pub(crate) updated_at: Timestamp,
    pub(crate) status: FormStatus,
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) processed_at: Option<Timestamp>,
    pub(crate) active_from: Option<Timestamp>,
    pub(crate) active_until: Option<Timestamp>,
    pub(crate) user: Contact,
    pub(crate) owner: Option<Owner>,
    pub(crate) flow: String,
    /// The form preset; filtered by, not shown.
    pub(crate) customization: Option<String>,
    pub(crate) workspace: Workspace,
    pub(crate) data: Map<String, Value>,
    pub(crate) external_args: Map<String, Value>,
    pub(crate) options: Map<String, Value>,
    pub(crate) webhooks: BTreeMap<String, Vec<String>>,
    pub(crate) responses: Vec<FormResponse>,
}

#[derive(Serialize)]
struct Links {
    fill: String,
    app: String,
}

#[derive(Serialize)]
struct Flow<'a> {
    slug: &'a str,
}

/// A form as the API shows it, in the key order of `/api-reference/requests/get-request`.
#[derive(Serialize)]
pub(crate) struct FormView<'a> {
    id: &'a str,
    created_at: String,
    status: FormStatus,
    archived: bool,
    archived_at: Option<String>,
    processed_at: Option<String>,
    active_from: Option<String>,
    active_until: Option<String>,
    links: Links,
    user: &'a Contact,
    owner: &'a Option<Owner>,
    flow: Flow<'a>,
    workspace: WorkspaceRef,
    data: &'a Map<String, Value>,
    external_args: &'a Map<String, Value>,
    options: &'a Map<String, Value>,
    responses: Vec<ResponseView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notifications: Option<[(); 0]>,
    webhooks: &'a BTreeMap<String, Vec<String>>,
}

impl Form {
    /// The links stay on the sandbox: a test must never lead to the real site (inferred).
    pub(crate) fn view(&self, origin: &str) -> FormView<'_> {
        FormView {
            id: &self.id,
            created_at: stamp(self.created_at),
            status: self.status,
            archived: self.archived_at.is_some(),
            archived_at: self.archived_at.map(stamp),
            processed_at: self.processed_at.map(stamp),
            active_from: self.active_from.map(shown),
            active_until: self.active_until.map(shown),
            links: Links {
                fill: format!("{origin}/fill/{}", self.id),
                app: format!("{origin}/app/forms/{}", self.id),
            },
            user: &self.user,
            owner: &self.owner,
            flow: Flow { slug: &self.flow },
            workspace: self.workspace.reference(),
            data: &self.data,
            external_args: &self.external_args,
            options: &self.options,
            responses: self.responses.iter().map(|one| one.view(origin)).collect(),
            notifications: Some([]),
            webhooks: &self.webhooks,
        }
    }

    /// As the deprecated list shows it: its sample has no `notifications` (`/previous-api-version/list-requests`).
    pub(crate) fn old_view(&self, origin: &str) -> FormView<'_> {
        FormView {
            notifications: None,
            ..self.view(origin)
        }
    }

    /// Sent, not archived, and inside its window (inferred).
    fn is_active(&self, now: Timestamp) -> bool {
        self.status == FormStatus::Pending && self.archived_at.is_none() && self.is_open(now)
    }

    /// Inside its window.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.active_from.is_none_or(|from| from <= now)
            && self.active_until.is_none_or(|until| now < until)
    }

    /// Completed or later (inferred).
    fn is_completed(&self) -> bool {
        matches!(self.status, FormStatus::Completed | FormStatus::Processed)
    }
}

impl Dated for Form {
    fn created_at(&self) -> Timestamp {
        self.created_at
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

impl Filterable for Form {
    fn field(&self, name: &str, rest: &[String], now: Timestamp) -> Field<'_> {
        let member = rest.first().map_or("", String::as_str);
        match name {
            "id" => Field::Text(&self.id),
            "created_at" => Field::Moment(self.created_at),
            "updated_at" => Field::Moment(self.updated_at),
            "status" => Field::Text(self.status.name()),
            "archived" => Field::Bool(self.archived_at.is_some()),
            "archived_at" => Field::moment(self.archived_at),
            "processed" => Field::Bool(self.processed_at.is_some()),
            "processed_at" => Field::moment(self.processed_at),
            "active" => Field::Bool(self.is_active(now)),
            "active_from" => Field::moment(self.active_from),
            "active_until" => Field::moment(self.active_until),
            "completed" => Field::Bool(self.is_completed()),
            "user" => self.user.field(member),
            "owner" => match (member, &self.owner) {
                ("id", Some(owner)) => Field::Text(&owner.id),
                ("email", Some(owner)) => Field::Text(&owner.email),
                _ => Field::Null,
            },
            "flow" => match member {
                "slug" => Field::Text(&self.flow),
                _ => Field::text(self.customization.as_deref()),
            },
            "workspace" | "company" => match member {
                "id" => Field::Text(self.workspace.id),
                _ => Field::Text(self.workspace.slug),
            },
            "data" => inside(&self.data, rest),
            "external_args" => inside(&self.external_args, rest),
            "options" => inside(&self.options, rest),
            _ => Field::Null,
        }
    }
}

impl Contact {
    /// Nothing is known that tells who it is; a language does not.
    pub(crate) fn is_anonymous(&self) -> bool {
        [
            &self.email,
            &self.phone,
            &self.given_name,
            &self.family_name,
            &self.company_name,
            &self.internal_ref,
        ]
        .iter()
        .all(|member| member.is_none())
    }

    pub(crate) fn field(&self, member: &str) -> Field<'_> {
        let text = match member {
            "anonymous" => return Field::Bool(self.anonymous),
            "email" => &self.email,
            "phone" => &self.phone,
            "given_name" => &self.given_name,
            "family_name" => &self.family_name,
            "company_name" => &self.company_name,
            "internal_ref" => &self.internal_ref,
            "locale" => &self.locale,
            _ => return Field::Null,
        };
        Field::text(text.as_deref())
    }
}

pub(crate) fn inside<'a>(map: &'a Map<String, Value>, path: &[String]) -> Field<'a> {
    let Some((first, rest)) = path.split_first() else {
        return Field::Null;
    };
    let value = rest
        .iter()
        .try_fold(map.get(first), |value, step| Some(value?.get(step)))
        .flatten();
    match value {
        None | Some(Value::Null) => Field::Null,
        Some(value) => Field::Json(value),
    }
}

/// All forms, in the order they were made.
#[derive(Default)]
pub(crate) struct Forms {
    list: Vec<Form>,
    by_id: HashMap<String, usize>,
}

impl Forms {
    pub(crate) fn add(&mut self, form: Form) -> &Form {
        let index = self.list.len();
        self.by_id.insert(form.id.clone(), index);
        self.list.push(form);
        &self.list[index]
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Form> {
        self.by_id.get(id).map(|&index| &self.list[index])
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Form> {
        self.by_id.get(id).map(|&index| &mut self.list[index])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Form> {
        self.list.iter()
    }
}
