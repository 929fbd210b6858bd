//! The bodies that change a case.

use serde_json::{Map, Value};

use super::case_input::{ContactInput, contacts};
use crate::error::ApiError;
use crate::fields::{Fields, object};
use crate::store::Store;
use crate::store::case_fields::check;
use crate::store::cases::{Case, ParentStatus};

/// `{"data": {"<field key>": value}}`.
pub(super) struct DataChange(Map<String, Value>);

impl DataChange {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = object(body)?;
        let data = Fields::root(&map).object("data")?.cloned();
        data.map(Self)
            .ok_or_else(|| ApiError::bad_request("data is required"))
    }

    /// Fields not named keep their values; a key without a field is a 400, so that a slip shows (both inferred).
    pub(super) fn apply(self, case: &mut Case) -> Result<(), ApiError> {
        for (key, value) in self.0 {
            let name = format!("data.{key}");
            let field = case.field_mut(&key).ok_or_else(|| {
                ApiError::bad_request(format!("{name} is not a field of this case"))
            })?;
            check(&name, &field.kind, &value)?;
            field.value = value;
        }
        Ok(())
    }
}

/// `{"contacts": [..]}` by key (the whole body is inferred).
pub(super) struct ContactsChange(Vec<ContactInput>);

impl ContactsChange {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = object(body)?;
        let items = Fields::root(&map)
            .array("contacts")?
            .ok_or_else(|| ApiError::bad_request("contacts is required"))?;
        Ok(Self(contacts(items)?))
    }

    pub(super) fn apply(self, store: &mut Store, case: &mut Case) -> Result<(), ApiError> {
        for contact in self.0 {
            contact.put(store, case);
        }
        Ok(())
    }
}

/// Nothing, `{}` or `{"data": {..}}` (inferred).
pub(super) struct StepStart(Map<String, Value>);

impl StepStart {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        let map = object(body)?;
        let data = Fields::root(&map).object("data")?.cloned();
        Ok(Self(data.unwrap_or_default()))
    }

    /// 404 for an unknown step, 409 for a started one, 422 when what it needs is missing. The case is then
    /// in progress and waits for its contact (the effects are inferred).
    pub(super) fn apply(self, key: &str, case: &mut Case) -> Result<(), ApiError> {
        let index = case
            .steps
            .iter()
            .position(|step| step.id == key)
            .ok_or_else(|| ApiError::not_found_because(format!("Step {key} not found")))?;
        if case.steps[index].status != "pending" {
            return Err(ApiError::conflict(format!("Step {key} is already started")));
        }
        if let Some(field) = case.steps[index].needs
            && case.value(field).is_none_or(Value::is_null)
        {
            return Err(ApiError::unprocessable(format!(
                "Step {key} needs a value in {field}"
            )));
        }
        let step = &mut case.steps[index];
        step.status = "started";
        step.data = self.0;
        case.waiting_for = "contact";
        if matches!(
            case.parent_status,
            ParentStatus::Draft | ParentStatus::Pending
        ) {
            // A custom status stays; one that only says what the parent says moves along.
            if case.status == case.parent_status.name() {
                case.status = ParentStatus::InProgress.name().to_owned();
            }
            case.parent_status = ParentStatus::InProgress;
        }
        Ok(())
    }
}
