use jiff::Timestamp;

use crate::error::ApiError;
use crate::fields::{Fields, object};
use crate::store::forms::{Form, FormStatus};

/// A checked body of `PATCH /forms/{id}`. Members the reference does not name are ignored.
pub(super) struct FormPatch {
    archived: Option<bool>,
    draft: Option<bool>,
    processed: Option<bool>,
    /// Null clears it (inferred).
    active_until: Option<Option<Timestamp>>,
}

impl FormPatch {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = object(body)?;
        let body = Fields::root(&map);
        Ok(Self {
            archived: body.flag("archived")?,
            draft: body.flag("draft")?,
            processed: body.flag("processed")?,
            active_until: body.moment_or_null("active_until")?,
        })
    }

    /// All of it or, with a 422, nothing. What a form is already is no move (inferred).
    pub(super) fn apply(self, form: &mut Form, now: Timestamp) -> Result<(), ApiError> {
        use FormStatus::{Completed, Draft, Pending, Processed};
        let mut status = form.status;
        let mut active_from = form.active_from;
        match (self.draft, status) {
            (Some(true), Draft | Pending) => status = Draft,
            (Some(true), _) => return Err(illegal(status, "become a draft")),
            (Some(false), Draft) => {
                status = Pending;
                active_from = active_from.or(Some(now));
            }
            (Some(false) | None, _) => {}
        }
        let mut processed_at = form.processed_at;
        match (self.processed, status) {
            (Some(true), Completed) => {
                status = Processed;
                processed_at = Some(now);
            }
            (Some(true), Processed) => {}
            (Some(true), _) => return Err(illegal(status, "be marked processed")),
            (Some(false), Processed) => {
                status = Completed;
                processed_at = None;
            }
            (Some(false) | None, _) => {}
        }
        let active_until = self.active_until.unwrap_or(form.active_until);
        if let (Some(from), Some(until)) = (active_from, active_until)
            && self.active_until.is_some()
            && until <= from
        {
            return Err(ApiError::unprocessable(
                "active_until must be after active_from",
            ));
        }
        form.status = status;
        form.active_from = active_from;
        form.active_until = active_until;
        form.processed_at = processed_at;
        form.archived_at = match self.archived {
            Some(true) => form.archived_at.or(Some(now)),
            Some(false) => None,
            None => form.archived_at,
        };
        form.updated_at = now;
        Ok(())
    }
}

fn illegal(status: FormStatus, what: &str) -> ApiError {
    ApiError::unprocessable(format!("A form that is {} cannot {what}", status.name()))
}
