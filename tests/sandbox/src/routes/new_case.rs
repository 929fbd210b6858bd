use jiff::Timestamp;
use serde_json::Value;

use super::case_input::{ContactInput, check_key, contacts};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::fields::{Fields, object};
use crate::ids;
use crate::place::Place;
use crate::store::Store;
use crate::store::case_fields::check;
use crate::store::cases::{Case, CaseField, ParentStatus};
use crate::store::workspaces::Workspace;

/// The type of a field that says none (inferred).
const DEFAULT_KIND: &str = "text";

/// A checked body of `POST /cases`. Members the reference does not name are ignored.
pub(super) struct NewCase {
    title: Option<String>,
    reference: Option<String>,
    status: Option<String>,
    template: Option<String>,
    place: Place,
    owner: Option<String>,
    contacts: Vec<ContactInput>,
    schema: Vec<FieldInput>,
}

struct FieldInput {
    key: String,
    kind: Option<String>,
    value: Option<Value>,
    name: Option<String>,
}

impl NewCase {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = object(body)?;
        let body = Fields::root(&map);
        let text = |key| Ok::<_, ApiError>(body.text_or_null(key)?.map(str::to_owned));
        let template = match body.inner_or_null("template")? {
            Some(template) => Some(
                template
                    .uuid("id")?
                    .ok_or_else(|| ApiError::bad_request("template.id is required"))?,
            ),
            None => None,
        };
        let owner = match body.inner_or_null("owner")? {
            Some(owner) => owner.email_or_null("email")?.map(str::to_owned),
            None => None,
        };
        let title = text("title")?.filter(|title| !title.is_empty());
        if title.is_none() && template.is_none() {
            return Err(ApiError::bad_request("title is required"));
        }
        Ok(Self {
            title,
            reference: text("reference")?.filter(|reference| !reference.is_empty()),
            status: text("status")?,
            template,
            place: Place::parse(body)?,
            owner,
            contacts: contacts(body.array("contacts")?.unwrap_or_default())?,
            schema: schema(body.array("schema")?.unwrap_or_default())?,
        })
    }

    /// A template or an owner that is not there is a 400 (`/api-reference/error-codes`).
    pub(super) fn build(
        self,
        store: &mut Store,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Case, ApiError> {
        let template = self.template(store, caller)?;
        let workspace = match (&template, self.place.find(store, caller)?) {
            (Some(template), Some(named)) if template.workspace.id != named.id => {
                return Err(ApiError::bad_request(
                    "template.id is of another workspace than the one named",
                ));
            }
            (Some(template), _) => template.workspace,
            (None, _) => self.place.find_or_first(store, caller)?,
        };
        let owner = match &self.owner {
            Some(email) => Some(
                store
                    .member(workspace.slug, email)
                    .ok_or_else(|| ApiError::bad_request("owner.email is not a known owner"))?,
            ),
            None => None,
        };
        let created_at = store.next_moment(now);
        let mut case = match &template {
            Some(template) => template.instance(created_at),
            None => blank(workspace, created_at),
        };
        case.owner = owner;
        if let Some(title) = self.title {
            case.title = title;
        }
        if let Some(reference) = self.reference {
            case.reference = reference;
        }
        if let Some(status) = self.status {
            case.parent_status = ParentStatus::named(&status).unwrap_or(ParentStatus::Draft);
            case.status = status;
        }
        for contact in self.contacts {
            contact.put(store, &mut case);
        }
        for field in self.schema {
            field.put(&mut case)?;
        }
        Ok(case)
    }

    fn template(&self, store: &Store, caller: &Caller) -> Result<Option<Case>, ApiError> {
        let Some(id) = &self.template else {
            return Ok(None);
        };
        let unknown = || ApiError::bad_request("template.id is not a known case template");
        let template = store.cases.template(id).ok_or_else(unknown)?;
        caller.check(template.workspace.slug)?;
        if template.archived_at.is_some() {
            return Err(unknown());
        }
        Ok(Some(template.clone()))
    }
}

fn blank(workspace: Workspace, created_at: Timestamp) -> Case {
    Case {
        id: ids::uuid(),
        is_template: false,
        workspace,
        title: String::new(),
        parent_status: ParentStatus::Draft,
        created_at,
        updated_at: created_at,
        description: None,
        locale: "en".to_owned(),
        reference: ids::reference(),
        status: "draft".to_owned(),
        waiting_for: "none",
        archived_at: None,
        contacts: Vec::new(),
        template: None,
        owner: None,
        steps: Vec::new(),
        schema: Vec::new(),
    }
}

fn schema(items: &[Value]) -> Result<Vec<FieldInput>, ApiError> {
    let field = |(index, item): (usize, &Value)| {
        let path = format!("schema[{index}]");
        let item = Fields::at(&path, item)?;
        let key = item.required_text("key")?.to_owned();
        check_key(&key, &format!("{path}.key"))?;
        Ok(FieldInput {
            key,
            kind: item.text("type")?.map(str::to_owned),
            value: item.value("value").cloned(),
            name: item.text_or_null("name")?.map(str::to_owned),
        })
    };
    items.iter().enumerate().map(field).collect()
}

impl FieldInput {
    /// Sets what is told of the template's field of this key, or adds a field.
    fn put(self, case: &mut Case) -> Result<(), ApiError> {
        if case.value(&self.key).is_none() {
            case.schema.push(CaseField {
                key: self.key.clone(),
                kind: DEFAULT_KIND.to_owned(),
                value: Value::Null,
                name: None,
            });
        }
        let Some(field) = case.field_mut(&self.key) else {
            return Ok(());
        };
        if let Some(kind) = self.kind {
            field.kind = kind;
        }
        if let Some(value) = self.value {
            field.value = value;
        }
        if self.name.is_some() {
            field.name = self.name;
        }
        check(
            &format!("schema: the value of {}", self.key),
            &field.kind,
            &field.value,
        )
    }
}
