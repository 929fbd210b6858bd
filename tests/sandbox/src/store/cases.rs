use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::workspaces::Workspace;
use crate::clock::stamp;
use crate::ids;
use crate::sort::Dated;

/// The statuses every workspace has (`/api-reference/cases/count-cases`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParentStatus {
    /// Made, nothing started.
    Draft,
    /// Waiting to go on.
    Pending,
    /// Under way.
    InProgress,
    /// Done.
    Closed,
}

impl ParentStatus {
    pub(crate) const ALL: [Self; 4] = [Self::Draft, Self::Pending, Self::InProgress, Self::Closed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Closed => "closed",
        }
    }

    /// A custom status may be named like one of these (inferred).
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// Whom a case waits for (`/api-reference/cases/count-cases`).
pub(crate) const WAITING_FOR: [&str; 3] = ["none", "owner", "contact"];

/// A person a case is about. As a role of a template it has a key only.
#[derive(Clone, Default, Serialize)]
pub(crate) struct CaseContact {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) phone: Option<String>,
}

/// A member of a workspace who owns cases.
#[derive(Clone, Serialize)]
pub(crate) struct CaseOwner {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
}

/// A step; its `id` is the key that starts it (inferred).
#[derive(Clone, Serialize)]
pub(crate) struct CaseStep {
    pub(crate) id: String,
    pub(crate) title: String,
    /// `pending` or `started` (inferred).
    pub(crate) status: &'static str,
    pub(crate) data: Map<String, Value>,
    /// The field that must have a value before it can start.
    #[serde(skip)]
    pub(crate) needs: Option<&'static str>,
}

/// A data field.
#[derive(Clone, Serialize)]
pub(crate) struct CaseField {
    pub(crate) key: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) value: Value,
    pub(crate) name: Option<String>,
}

/// A case, or a case template: a template is a case too (`/cases/templates`).
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) is_template: bool,
    pub(crate) workspace: Workspace,
    pub(crate) title: String,
    pub(crate) parent_status: ParentStatus,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) description: Option<String>,
    pub(crate) locale: String,
    pub(crate) reference: String,
    pub(crate) status: String,
    pub(crate) waiting_for: &'static str,
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) contacts: Vec<CaseContact>,
    pub(crate) template: Option<String>,
    pub(crate) owner: Option<CaseOwner>,
    pub(crate) steps: Vec<CaseStep>,
    pub(crate) schema: Vec<CaseField>,
}

#[derive(Serialize)]
struct Details<'a> {
    steps: &'a [CaseStep],
    schema: &'a [CaseField],
}

/// A case in the key order of `/api-reference/cases/get-case`.
#[derive(Serialize)]
pub(crate) struct CaseView<'a> {
    id: &'a str,
    title: &'a str,
    parent_status: ParentStatus,
    created_at: String,
    updated_at: String,
    description: &'a Option<String>,
    locale: &'a str,
    reference: &'a str,
    status: &'a str,
    waiting_for: &'a str,
    archived_at: Option<String>,
    contacts: &'a [CaseContact],
    template: &'a Option<String>,
    owner: &'a Option<CaseOwner>,
    /// Absent in lists.
    #[serde(flatten)]
    details: Option<Details<'a>>,
}

impl Case {
    /// A new case of this template; contacts and owner are the new one's own.
    pub(crate) fn instance(&self, created_at: Timestamp) -> Case {
        Case {
            id: ids::uuid(),
            is_template: false,
            created_at,
            updated_at: created_at,
            reference: ids::reference(),
            archived_at: None,
            contacts: Vec::new(),
            template: Some(self.id.clone()),
            owner: None,
            ..self.clone()
        }
    }

    /// As lists show it.
    pub(crate) fn summary(&self) -> CaseView<'_> {
        CaseView {
            id: &self.id,
            title: &self.title,
            parent_status: self.parent_status,
            created_at: stamp(self.created_at),
            updated_at: stamp(self.updated_at),
            description: &self.description,
            locale: &self.locale,
            reference: &self.reference,
            status: &self.status,
            waiting_for: self.waiting_for,
            archived_at: self.archived_at.map(stamp),
            contacts: &self.contacts,
            template: &self.template,
            owner: &self.owner,
            details: None,
        }
    }

    /// With steps and schema.
    pub(crate) fn view(&self) -> CaseView<'_> {
        CaseView {
            details: Some(Details {
                steps: &self.steps,
                schema: &self.schema,
            }),
            ..self.summary()
        }
    }
}

impl Dated for Case {
    fn created_at(&self) -> Timestamp {
        self.created_at
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

/// All cases and case templates, in the order they were made.
#[derive(Default)]
pub(crate) struct Cases {
    list: Vec<Case>,
    by_id: HashMap<String, usize>,
}

impl Cases {
    pub(crate) fn add(&mut self, case: Case) -> &Case {
        let index = self.list.len();
        self.by_id.insert(case.id.clone(), index);
        self.list.push(case);
        &self.list[index]
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Case> {
        self.by_id.get(id).map(|&index| &self.list[index])
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Case> {
        self.by_id.get(id).map(|&index| &mut self.list[index])
    }

    pub(crate) fn template(&self, id: &str) -> Option<&Case> {
        self.get(id).filter(|case| case.is_template)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Case> {
        self.list.iter()
    }
}
