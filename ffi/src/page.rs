//! A page of a list, item by item.

use std::sync::Arc;

use penbox_core::bindings::{Document, DocumentPage};

use crate::value::{Head, Value};

/// The items of a page that were not returned yet.
pub(crate) struct PageItems {
    document: Document,
    head: Arc<Head>,
    /// The indices of the items in the document.
    indices: std::vec::IntoIter<u32>,
}

impl PageItems {
    /// Makes the items of a page. Those that an earlier page had are left out.
    pub(crate) fn new(page: DocumentPage) -> PageItems {
        let indices: Vec<u32> = page.items().iter().map(|item| item.index()).collect();
        let (document, head) = Head::split(page.answer);
        PageItems {
            document,
            head,
            indices: indices.into_iter(),
        }
    }

    /// Returns the next item, or `None` after the last. Items share the text of their page.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let index = self.indices.next()?;
        Some(Value::new(
            self.document.clone(),
            index,
            Some(self.head.clone()),
        ))
    }
}
