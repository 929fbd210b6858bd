//! A page of a list, item by item.

use std::sync::Arc;

use penbox_core::bindings::{Document, DocumentPage, ResponseInfo};

use crate::value::Value;

/// The items of a page that were not returned yet.
pub(crate) struct PageItems {
    document: Document,
    head: Option<Arc<ResponseInfo>>,
    /// The indices of the items in the document.
    indices: std::vec::IntoIter<u32>,
}

impl PageItems {
    /// Makes the items of a page. Those that an earlier page had are left out.
    pub(crate) fn new(page: DocumentPage) -> PageItems {
        let indices: Vec<u32> = page.items().iter().map(|item| item.index()).collect();
        PageItems {
            document: page.answer.document,
            head: page.answer.response,
            indices: indices.into_iter(),
        }
    }

    /// Returns the next item, or `None` after the last. Items share the text of their page.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let index = self.indices.next()?;
        Some(Value::new(self.document.clone(), index, self.head.clone()))
    }
}
