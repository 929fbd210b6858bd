use jiff::Timestamp;

use crate::error::ApiError;
use crate::query::Query;

/// A resource that lists are sorted by.
pub(crate) trait Dated {
    fn created_at(&self) -> Timestamp;
    fn updated_at(&self) -> Timestamp;
}

/// `sort`: the values of `/api-reference/flows/list-flows`, assumed for the other lists as well (inferred).
#[derive(Clone, Copy, Default)]
pub(crate) struct Sort {
    by_update: bool,
    ascending: bool,
}

impl Sort {
    pub(crate) fn parse(query: &Query) -> Result<Self, ApiError> {
        let text = query.one("sort")?.unwrap_or("-created_at");
        // A raw plus decodes to a space; without a sign the order is ascending (inferred).
        let (ascending, field) = match text.strip_prefix('-') {
            Some(field) => (false, field),
            None => (true, text.strip_prefix(['+', ' ']).unwrap_or(text)),
        };
        let by_update = match field {
            "created_at" => false,
            "updated_at" => true,
            _ => {
                return Err(ApiError::bad_request(
                    "sort must be one of +created_at, -created_at, +updated_at, -updated_at",
                ));
            }
        };
        Ok(Self {
            by_update,
            ascending,
        })
    }

    pub(crate) fn apply<T: Dated>(self, items: &mut [&T]) {
        let key = |item: &&T| {
            if self.by_update {
                item.updated_at()
            } else {
                item.created_at()
            }
        };
        // Items come in the order they were made; reversing after a stable sort keeps equal ones newest first.
        items.sort_by_key(key);
        if !self.ascending {
            items.reverse();
        }
    }
}
