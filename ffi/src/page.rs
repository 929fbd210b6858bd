//! An answer's page, item by item.

use std::sync::Arc;

use penbox_core::bindings::{Document, DocumentPage};

use crate::value::{Head, Value};

/// What is left of a page.
pub(crate) struct Rest {
    document: Document,
    head: Arc<Head>,
    places: std::vec::IntoIter<u32>,
}

impl Rest {
    /// The items of a page that no earlier page had.
    pub(crate) fn new(page: DocumentPage) -> Rest {
        let places: Vec<u32> = page.items().iter().map(|item| item.index()).collect();
        let (document, head) = Head::split(page.answer);
        Rest {
            document,
            head,
            places: places.into_iter(),
        }
    }

    /// The next item.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let place = self.places.next()?;
        Some(Value::new(
            self.document.clone(),
            place,
            Some(self.head.clone()),
        ))
    }
}
