//! What bodies tell about the contacts and fields of a case.

use serde_json::Value;

use crate::error::ApiError;
use crate::fields::Fields;
use crate::store::Store;
use crate::store::case_fields::is_key;
use crate::store::cases::{Case, CaseContact};

/// The contact without a `key` (inferred).
const MAIN: &str = "main";

/// A contact as a body tells it: what is not told stays, null empties.
pub(super) struct ContactInput {
    key: String,
    email: Option<Option<String>>,
    name: Option<Option<String>>,
    given_name: Option<Option<String>>,
    family_name: Option<Option<String>>,
    phone: Option<Option<String>>,
}

/// The `contacts` of a body; a key comes once.
pub(super) fn contacts(items: &[Value]) -> Result<Vec<ContactInput>, ApiError> {
    let mut found: Vec<ContactInput> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = format!("contacts[{index}]");
        let contact = ContactInput::parse(Fields::at(&path, item)?, &path)?;
        if found.iter().any(|other| other.key == contact.key) {
            return Err(ApiError::bad_request(format!(
                "{path}.key is there already: {}",
                contact.key
            )));
        }
        found.push(contact);
    }
    Ok(found)
}

impl ContactInput {
    fn parse(item: Fields<'_>, path: &str) -> Result<Self, ApiError> {
        let key = item.text("key")?.unwrap_or(MAIN);
        check_key(key, &format!("{path}.key"))?;
        let told = |name: &str| {
            let text = item.text_or_null(name)?;
            let given = item.value(name).is_some();
            Ok::<_, ApiError>(given.then(|| text.map(str::to_owned)))
        };
        item.email_or_null("email")?;
        Ok(Self {
            key: key.to_owned(),
            email: told("email")?,
            name: told("name")?,
            given_name: told("given_name")?,
            family_name: told("family_name")?,
            phone: told("phone")?,
        })
    }

    /// Changes the contact of this key or adds one.
    pub(super) fn put(self, store: &mut Store, case: &mut Case) {
        let index = case.contacts.iter().position(|old| old.key == self.key);
        let mut contact = match index {
            Some(index) => case.contacts[index].clone(),
            None => CaseContact {
                key: self.key,
                ..CaseContact::default()
            },
        };
        let built = full_name(&contact);
        let named = self.name.is_some() || contact.name != built;
        let old_email = contact.email.clone();
        for (member, told) in [
            (&mut contact.email, self.email),
            (&mut contact.name, self.name),
            (&mut contact.given_name, self.given_name),
            (&mut contact.family_name, self.family_name),
            (&mut contact.phone, self.phone),
        ] {
            if let Some(value) = told {
                *member = value;
            }
        }
        if !named || contact.name.is_none() {
            contact.name = full_name(&contact);
        }
        // A person is known by their email.
        if contact.id.is_empty() || (contact.email != old_email && contact.email.is_some()) {
            contact.id = store.contact_id(contact.email.as_deref());
        }
        match index {
            Some(index) => case.contacts[index] = contact,
            None => case.contacts.push(contact),
        }
    }
}

fn full_name(contact: &CaseContact) -> Option<String> {
    let parts: Vec<&str> = [&contact.given_name, &contact.family_name]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A key of the documented shape (`/cases/templates`).
pub(super) fn check_key(key: &str, name: &str) -> Result<(), ApiError> {
    if is_key(key) {
        Ok(())
    } else {
        Err(ApiError::bad_request(format!(
            "{name} must be lower-case letters, digits and underscores, at most 120"
        )))
    }
}
