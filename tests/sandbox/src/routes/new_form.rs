use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::auth::Caller;
use crate::error::ApiError;
use crate::fields::{Fields, is_https, is_loopback_http, object};
use crate::ids;
use crate::place::Place;
use crate::store::Store;
use crate::store::forms::{Contact, Form, FormStatus, Owner};
use crate::store::workspaces::Workspace;

/// `/previous-api-version/create-request`.
const EVENTS: [&str; 9] = [
    "requests:created",
    "requests:updated",
    "requests:deleted",
    "requests:archived",
    "requests:unarchived",
    "responses:created",
    "responses:updated",
    "responses:deleted",
    "responses:completed",
];

/// A checked body of `POST /forms`. Members the reference does not name are ignored.
pub(super) struct NewForm {
    flow: String,
    place: Place,
    user: Contact,
    owner: Option<String>,
    data: Map<String, Value>,
    external_args: Map<String, Value>,
    options: Map<String, Value>,
    draft: bool,
    active_from: Option<Timestamp>,
    active_until: Option<Timestamp>,
    webhooks: BTreeMap<String, Vec<String>>,
}

impl NewForm {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = object(body)?;
        let body = Fields::root(&map);
        let flow = body
            .inner("flow")?
            .ok_or_else(|| ApiError::bad_request("flow.slug is required"))?
            .required_text("slug")?
            .to_owned();
        let owner = match body.inner_or_null("owner")? {
            Some(owner) => owner.email_or_null("email")?.map(str::to_owned),
            None => None,
        };
        if let Some(branding) = body.inner("branding")? {
            branding.text("slug")?;
        }
        body.https("redirect_url")?;
        let copied = |key| Ok::<_, ApiError>(body.object(key)?.cloned().unwrap_or_default());
        Ok(Self {
            flow,
            place: Place::parse(body)?,
            user: contact(body)?,
            owner,
            data: copied("data")?,
            external_args: copied("external_args")?,
            options: copied("options")?,
            draft: body.flag("draft")?.unwrap_or(false),
            active_from: body.moment("active_from")?,
            active_until: body.moment("active_until")?,
            webhooks: webhooks(body)?,
        })
    }

    /// Finds the template and makes the form.
    pub(super) fn build(
        self,
        store: &mut Store,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Form, ApiError> {
        let workspace = self.place(store, caller)?;
        let created_at = store.next_moment(now);
        // A sent form opens at once when no moment was asked for, as in the samples.
        let active_from = self.active_from.or((!self.draft).then_some(created_at));
        if let (Some(from), Some(until)) = (active_from, self.active_until)
            && until <= from
        {
            return Err(ApiError::unprocessable(
                "active_until must be after active_from",
            ));
        }
        let owner = self.owner.map(|email| Owner {
            id: store.owner_id(&email),
            email,
        });
        Ok(Form {
            id: ids::uuid(),
            created_at,
            updated_at: created_at,
            status: if self.draft {
                FormStatus::Draft
            } else {
                FormStatus::Pending
            },
            archived_at: None,
            processed_at: None,
            active_from,
            active_until: self.active_until,
            user: self.user,
            owner,
            flow: self.flow,
            customization: None,
            workspace,
            data: self.data,
            external_args: self.external_args,
            options: self.options,
            webhooks: self.webhooks,
            responses: Vec::new(),
        })
    }

    /// The one workspace that is meant: 404 when the template is in none, 409 when it is in several
    /// (`/previous-api-version/create-request`).
    fn place(&self, store: &Store, caller: &Caller) -> Result<Workspace, ApiError> {
        let named = self.place.find(store, caller)?;
        let mut places = store
            .templates
            .iter()
            .filter(|template| template.is_open() && template.slug == self.flow)
            .map(|template| template.workspace)
            .filter(|workspace| caller.opens(workspace.slug))
            .filter(|workspace| named.is_none_or(|named| named.slug == workspace.slug));
        let first = places
            .next()
            .ok_or_else(|| ApiError::not_found_because("Form template not found or not enabled"))?;
        if places.next().is_some() {
            return Err(ApiError::conflict(
                "More than one form template matches flow.slug: name the workspace in company.slug",
            ));
        }
        Ok(first)
    }
}

fn contact(body: Fields<'_>) -> Result<Contact, ApiError> {
    let mut contact = Contact {
        anonymous: true,
        ..Contact::default()
    };
    let Some(user) = body.inner("user")? else {
        return Ok(contact);
    };
    contact.email = user.email_or_null("email")?.map(str::to_owned);
    for (key, member) in [
        ("phone", &mut contact.phone),
        ("given_name", &mut contact.given_name),
        ("family_name", &mut contact.family_name),
        ("company_name", &mut contact.company_name),
        ("internal_ref", &mut contact.internal_ref),
        ("locale", &mut contact.locale),
    ] {
        *member = user.text_or_null(key)?.map(str::to_owned);
    }
    contact.anonymous = contact.is_anonymous();
    Ok(contact)
}

fn webhooks(body: Fields<'_>) -> Result<BTreeMap<String, Vec<String>>, ApiError> {
    let mut hooks = BTreeMap::new();
    for (url, events) in body.object("webhooks")?.into_iter().flatten() {
        if !is_https(url) && !is_loopback_http(url) {
            return Err(ApiError::bad_request(
                "webhooks: each key must be an HTTPS URL",
            ));
        }
        let events: Option<Vec<String>> = events.as_array().and_then(|events| {
            let name = |event: &Value| EVENTS.iter().find(|&&known| event == known);
            events
                .iter()
                .map(|event| name(event).map(|&known| known.to_owned()))
                .collect()
        });
        let events = events.ok_or_else(|| {
            ApiError::bad_request(format!(
                "webhooks: each value must be an array of {}",
                EVENTS.join(", ")
            ))
        })?;
        hooks.insert(url.clone(), events);
    }
    Ok(hooks)
}
