use jiff::Timestamp;
use serde_json::Value;

use super::{Field, Filter, Filterable, Kind, Schema, Test, operators};
use crate::error::ApiError;
use crate::fields::{is_email, object};
use crate::query::Query;
use crate::store::cases::{Case, CaseContact, ParentStatus, WAITING_FOR};

const CONTACT: &[&str] = &[
    "id",
    "key",
    "name",
    "email",
    "given_name",
    "family_name",
    "phone",
];

const SCHEMA: Schema = Schema {
    attributes: &[
        ("id", Kind::Plain),
        ("title", Kind::Plain),
        ("description", Kind::Plain),
        ("locale", Kind::Plain),
        ("reference", Kind::Plain),
        ("status", Kind::Plain),
        ("parent_status", Kind::Plain),
        ("waiting_for", Kind::Plain),
        ("archived", Kind::Plain),
        ("archived_at", Kind::Moment),
        ("created_at", Kind::Moment),
        ("updated_at", Kind::Moment),
    ],
    relationships: &[
        ("owner", &["id", "email", "given_name", "family_name"]),
        ("workspace", &["id", "slug"]),
        ("company", &["id", "slug"]),
        ("template", &["id"]),
        ("contact", CONTACT),
        ("contacts", CONTACT),
    ],
};

/// A filter of cases; what it asks of a contact must hold for one and the same contact (inferred).
pub(crate) struct CaseFilter {
    case: Filter,
    contact: Filter,
}

impl CaseFilter {
    pub(crate) fn matches(&self, case: &Case, now: Timestamp) -> bool {
        self.case.matches(case, now)
            && (self.contact.conditions.is_empty()
                || case
                    .contacts
                    .iter()
                    .any(|contact| self.contact.matches(contact, now)))
    }
}

/// The filter of `GET /cases` and `GET /cases/count`.
pub(crate) fn parse(query: &Query) -> Result<CaseFilter, ApiError> {
    if let Some(text) = query.one("filter")? {
        return operated(text);
    }
    let mut case = shared(query)?;
    let mut contact = Filter::default();
    if let Some(id) = query.uuid("template[id]")? {
        case.equals(&["template", "id"], id);
    }
    for name in ["status", "reference"] {
        if let Some(value) = query.one(name)? {
            case.equals(&[name], value);
        }
    }
    let parents = ParentStatus::ALL.map(ParentStatus::name);
    for (name, values) in [
        ("parent_status", &parents[..]),
        ("waiting_for", &WAITING_FOR),
    ] {
        match query.one(name)? {
            Some(value) if !values.contains(&value) => {
                return Err(ApiError::bad_request(format!(
                    "{name} must be one of {}",
                    values.join(", ")
                )));
            }
            Some(value) => case.equals(&[name], value),
            None => {}
        }
    }
    for name in ["given_name", "family_name"] {
        if let Some(value) = query.one(&format!("contact[{name}]"))? {
            contact.equals(&[name], value);
        }
    }
    if let Some(email) = email(query, "contact[email]")? {
        contact.equals(&["email"], email);
    }
    Ok(CaseFilter { case, contact })
}

/// The filter of `GET /case_templates`.
pub(crate) fn parse_templates(query: &Query) -> Result<CaseFilter, ApiError> {
    if let Some(text) = query.one("filter")? {
        return operated(text);
    }
    let mut case = shared(query)?;
    if let Some(title) = query.one("title")? {
        case.add(&["title"], Test::Contains(title.to_lowercase()));
    }
    Ok(CaseFilter {
        case,
        contact: Filter::default(),
    })
}

/// Operators only: the legacy object is one of forms (inferred).
fn operated(text: &str) -> Result<CaseFilter, ApiError> {
    let map = object(text.as_bytes())
        .map_err(|_| ApiError::bad_request("filter must be a JSON object"))?;
    let all = operators::parse(&map, &SCHEMA)?;
    let (contact, case) = all.conditions.into_iter().partition::<Vec<_>, _>(|one| {
        one.path
            .first()
            .is_some_and(|name| name == "contact" || name == "contacts")
    });
    let mut contact = Filter {
        conditions: contact,
    };
    for condition in &mut contact.conditions {
        condition.path.remove(0);
    }
    Ok(CaseFilter {
        case: Filter { conditions: case },
        contact,
    })
}

/// What cases and their templates are both filtered by.
fn shared(query: &Query) -> Result<Filter, ApiError> {
    let mut filter = Filter::default();
    for owner in ["owner", "workspace"] {
        if let Some(id) = query.uuid(&format!("{owner}[id]"))? {
            filter.equals(&[owner, "id"], id);
        }
    }
    if let Some(email) = email(query, "owner[email]")? {
        filter.equals(&["owner", "email"], email);
    }
    if let Some(slug) = query.one("workspace[slug]")? {
        filter.equals(&["workspace", "slug"], slug);
    }
    let archived = query.flag("archived")?.unwrap_or(false);
    filter.equals(&["archived"], Value::Bool(archived));
    Ok(filter)
}

fn email<'a>(query: &'a Query, name: &str) -> Result<Option<&'a str>, ApiError> {
    match query.one(name)? {
        Some(email) if !is_email(email) => Err(ApiError::bad_request(format!(
            "{name} must be a valid email"
        ))),
        other => Ok(other),
    }
}

impl Filterable for Case {
    fn field(&self, name: &str, rest: &[String], _: Timestamp) -> Field<'_> {
        let member = rest.first().map_or("", String::as_str);
        match name {
            "id" => Field::Text(&self.id),
            "title" => Field::Text(&self.title),
            "description" => Field::text(self.description.as_deref()),
            "locale" => Field::Text(&self.locale),
            "reference" => Field::Text(&self.reference),
            "status" => Field::Text(&self.status),
            "parent_status" => Field::Text(self.parent_status.name()),
            "waiting_for" => Field::Text(self.waiting_for),
            "archived" => Field::Bool(self.archived_at.is_some()),
            "archived_at" => Field::moment(self.archived_at),
            "created_at" => Field::Moment(self.created_at),
            "updated_at" => Field::Moment(self.updated_at),
            "template" => Field::text(self.template.as_deref()),
            "workspace" | "company" => match member {
                "id" => Field::Text(self.workspace.id),
                _ => Field::Text(self.workspace.slug),
            },
            "owner" => {
                let owner = self.owner.as_ref();
                Field::text(match member {
                    "id" => owner.map(|owner| owner.id.as_str()),
                    "email" => owner.map(|owner| owner.email.as_str()),
                    "given_name" => owner.and_then(|owner| owner.given_name.as_deref()),
                    _ => owner.and_then(|owner| owner.family_name.as_deref()),
                })
            }
            _ => Field::Null,
        }
    }
}

impl Filterable for CaseContact {
    fn field(&self, name: &str, _: &[String], _: Timestamp) -> Field<'_> {
        match name {
            "id" => Field::Text(&self.id),
            "key" => Field::Text(&self.key),
            "name" => Field::text(self.name.as_deref()),
            "email" => Field::text(self.email.as_deref()),
            "given_name" => Field::text(self.given_name.as_deref()),
            "family_name" => Field::text(self.family_name.as_deref()),
            "phone" => Field::text(self.phone.as_deref()),
            _ => Field::Null,
        }
    }
}
