//! The requests of a list, for pages as models and as documents alike.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::invoke::{self, Answer};
use super::operation::OperationSpec;
use super::page::{Item, Page};
use super::request_builder;
use super::request_builder::PageOf;
use crate::cancel::CancelScope;
use crate::error::{Error, Result};
use crate::schema::Described;
use crate::send::{CallOptions, Recorder, ResponseInfo, Sender};

/// The parts of a page's request besides its number.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) sender: Arc<Sender>,
    pub(crate) operation: &'static OperationSpec,
    pub(crate) members: Map<String, Value>,
    pub(crate) options: CallOptions,
    pub(crate) size: u64,
}

impl List {
    /// The scope that can end its calls early.
    pub(crate) fn cancel_scope(&self) -> CancelScope {
        self.sender.cancel_scope(&self.options)
    }

    /// Returns the time at which its next request ends, if that was begun.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let begun = self.options.begun?;
        self.options
            .ends(Some(self.sender.settings.limits.total), || begun)
    }

    /// Fetches a page as models.
    pub(crate) async fn models<T: DeserializeOwned + Described + Item>(
        &self,
        page: PageOf,
    ) -> Result<(Page<T>, Option<ResponseInfo>)> {
        let options = self.own_record();
        let page = invoke::typed_page(&self.sender, self.operation, &self.members, page, &options);
        let page = page.await?;
        let info = options.recorder.as_ref().and_then(Recorder::take);
        if let (Some(recorder), Some(info)) = (&self.options.recorder, &info) {
            recorder.put(info.clone());
        }
        Ok((page, info))
    }

    /// Fetches a page as the server sent it.
    pub(crate) async fn document(&self, page: PageOf) -> Result<Answer> {
        let request = request_builder::build(
            self.operation,
            &[],
            &self.members,
            Some(page),
            &self.options,
            self.sender.settings.language,
        )?;
        let options = self.own_record();
        invoke::fetch(&self.sender, self.operation, &request, &options).await
    }

    /// The options of one request. Where calls are recorded, each page has a record of its own: another page may be fetched ahead at
    /// the same time.
    fn own_record(&self) -> Cow<'_, CallOptions> {
        match &self.options.recorder {
            Some(_) => Cow::Owned(self.options.clone().record(&Recorder::default())),
            None => Cow::Borrowed(&self.options),
        }
    }

    /// Returns the page of this number at the list's page size; an error for the number 0.
    pub(crate) fn at(&self, number: u64) -> Result<PageOf> {
        let size = self.size;
        match number {
            0 => Err(self.placed(Error::invalid_argument("pages are counted from 1"))),
            number => Ok(PageOf { number, size }),
        }
    }

    /// Names the operation in an error.
    pub(crate) fn placed(&self, error: Error) -> Error {
        invoke::placed(&self.sender, self.operation, error)
    }
}
