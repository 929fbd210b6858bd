//! Lists of typed items, fetched while the caller iterates over them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::input::{Input, check};
use super::invoke;
use super::list::List;
use super::operation::{self, Operation};
use super::page::{Item, Page, PageMeta};
use super::page_info::PageInfo;
use super::page_iteration::{Delivery, PageIteration, PageSource};
use super::request_builder;
use super::request_builder::PageOf;
use super::with_response::WithResponse;
use crate::error::{Error, Result};
use crate::schema::Described;
use crate::send::{CallOptions, Recorder, ResponseInfo, Sender};

/// A list that is fetched page by page while the caller iterates over it.
///
/// It gives each item once, if the item matches from the start of the iteration until its own page is read. The writes of this client
/// and its clones do not change that: a loop that updates each form so that it leaves the list meets every form.
///
/// Pages are counted from the list's start, so an item that leaves the list moves all later items towards it. Where this client has
/// written, or the list is shorter than before, the pager therefore reads pages again. Two changes stay unseen: those that other
/// programs make while the number of items stays the same, and an item that moves to pages that were read already, as an update
/// does with `sort=-updated_at`. Where the server sends no `meta`, the pager only drops duplicates.
///
/// After an error the pager is where it was. The next step requests the same page again if the error is
/// [`retryable`](crate::Error::retryable), and gives the error again if it is not: an iteration that ignores errors does not end.
///
/// The texts of an item are pieces of its page ([`SharedStr`](crate::SharedStr)), so one id that is kept keeps the page: 10,000 ids of
/// pages of 100 forms some 60 MB. `String::from(form.id)` keeps the id alone.
///
/// ```
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// # client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
/// for form in client.forms().list(penbox::FormList::default().archived(false)) {
///     println!("{}", form?.id);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a list fetches nothing before it is iterated"]
pub struct Pager<T> {
    iteration: PageIteration<TypedPage<T>>,
    /// The items of the current page that the caller has not received yet.
    ready: VecDeque<T>,
    /// A page that was fetched for the total count and is still to be given.
    pending: Option<Page<T>>,
    /// The count that the first page reported; unset until a page was read.
    total_count: Option<Option<u64>>,
    /// The HTTP side of the last page, if it is recorded.
    info: Option<ResponseInfo>,
}

impl<T: DeserializeOwned + Described + Item> Pager<T> {
    pub(crate) fn new<O: Operation<Output = T>>(
        sender: &Arc<Sender>,
        params: O::Params,
        options: CallOptions,
    ) -> Self {
        let operation = operation::spec::<O>();
        let members = params.into_map();
        let validated = check(&members, operation.params, false, sender.settings.language)
            .and_then(|()| request_builder::page_of(&members, sender.settings.page_size));
        let (page, failed) = match validated {
            Ok(page) => (page, None),
            Err(error) => {
                let error = invoke::placed(sender, operation, error);
                // The page is never requested: the iteration gives the error instead.
                (
                    PageOf {
                        number: 1,
                        size: 100,
                    },
                    Some(error),
                )
            }
        };
        let list = List {
            sender: sender.clone(),
            operation,
            members,
            options,
            size: page.size,
        };
        Pager {
            iteration: PageIteration::new(list, page, failed),
            ready: VecDeque::new(),
            pending: None,
            total_count: None,
            info: None,
        }
    }

    /// Fetches a page while the caller reads the one before it, in a thread of its own. The iteration takes half the time where
    /// reading takes as long as fetching. Where the iteration ends early, one request was not needed.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 250, ..Default::default() })?;
    /// let mut ids = Vec::new();
    /// for form in client.forms().list(Default::default()).prefetch() {
    ///     ids.push(form?.id.into_string());
    /// }
    /// assert_eq!(ids.len(), 250);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn prefetch(mut self) -> Self {
        self.iteration.prefetch(true);
        self
    }

    /// Returns the next items, at most `limit` of them; fewer only at the list's end. Later pages are not fetched, but for the one
    /// that [`prefetch`](Pager::prefetch) fetches. The iteration goes on after the returned items.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 300, ..Default::default() })?;
    /// let mut forms = client.forms().list(Default::default());
    /// let newest = forms.collect_up_to(250)?;
    /// let others = forms.collect_up_to(250)?;
    /// assert_eq!((newest.len(), others.len()), (250, 50));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Every kind. No item is lost: the next step gives those that were fetched before the error.
    pub fn collect_up_to(&mut self, limit: usize) -> Result<Vec<T>> {
        let mut items = VecDeque::new();
        while items.len() < limit {
            match self.next() {
                Some(Ok(item)) => items.push_back(item),
                Some(Err(error)) => {
                    items.append(&mut self.ready);
                    self.ready = items;
                    return Err(error);
                }
                None => break,
            }
        }
        Ok(items.into())
    }

    /// Returns one page by its number, from 1. The iteration stays where it is. Safe to repeat.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 120, ..Default::default() })?;
    /// let second = client.forms().list(Default::default()).page(2)?;
    /// assert_eq!(second.data.len(), 20);
    /// assert_eq!(second.meta.and_then(|meta| meta.total_pages), Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub fn page(&self, number: u64) -> Result<Page<T>> {
        let list = &self.iteration.list;
        let (page, _) = list.sender.block(list.models(list.at(number)?))?;
        Ok(page)
    }

    /// Returns the pages, each without the items that an earlier one had.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 120, ..Default::default() })?;
    /// for page in client.forms().list(Default::default()).pages() {
    ///     println!("{} forms", page?.len());
    /// }
    /// # assert_eq!(client.forms().list(Default::default()).pages().count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pages(self) -> Pages<T> {
        Pages { pager: self }
    }

    /// Returns the pages as [`pages`](Pager::pages) does, each with the HTTP side of its answer.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 120, ..Default::default() })?;
    /// for page in client.forms().list(Default::default()).pages_with_response() {
    ///     let page = page?;
    ///     println!("{} forms, {} ms", page.data.len(), page.elapsed.as_millis());
    ///     assert_eq!(page.status, 200);
    /// }
    /// # assert_eq!(sandbox.requests().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// An iteration that has begun is refused: the HTTP side of what it fetched was not recorded.
    pub fn pages_with_response(mut self) -> PagesWithResponse<T> {
        let has_begun = self.total_count.is_some();
        self.iteration.list.options.recorder = Some(Recorder::default());
        let refused = has_begun.then(|| {
            let error = Error::invalid_argument(
                "the iteration has begun, and its pages were fetched without their HTTP side",
            );
            self.iteration.list.placed(error)
        });
        PagesWithResponse {
            pager: self,
            refused,
        }
    }

    /// Returns how many items match over all pages; `None` where the server does not report it. Requests the first page if none
    /// was read yet.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 120, ..Default::default() })?;
    /// let mut forms = client.forms().list(Default::default());
    /// assert_eq!(forms.total_count()?, Some(120));
    /// // The page that was read for it is not requested again.
    /// assert_eq!(forms.count(), 120);
    /// assert_eq!(sandbox.requests().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub fn total_count(&mut self) -> Result<Option<u64>> {
        if self.total_count.is_none() {
            self.pending = self.advance()?;
        }
        Ok(self.total_count.flatten())
    }

    fn next_page(&mut self) -> Result<Option<Page<T>>> {
        match self.pending.take() {
            Some(page) => Ok(Some(page)),
            None => self.advance(),
        }
    }

    /// Fetches the next page and drops its duplicates.
    fn advance(&mut self) -> Result<Option<Page<T>>> {
        let sender = Arc::clone(&self.iteration.list.sender);
        let Some(Delivery { page, fresh, .. }) = sender.block(self.iteration.next())? else {
            return Ok(None);
        };
        let TypedPage { page, info } = page;
        self.info = info;
        let meta = page.meta.as_ref();
        self.total_count
            .get_or_insert_with(|| meta.and_then(|meta| meta.total_count));
        let new = page.data.into_iter().zip(fresh);
        Ok(Some(Page {
            data: new.filter_map(|(item, new)| new.then_some(item)).collect(),
            meta: page.meta,
        }))
    }
}

/// A page as models, and the HTTP side of its answer, if that is recorded.
struct TypedPage<T> {
    page: Page<T>,
    info: Option<ResponseInfo>,
}

impl<T: DeserializeOwned + Described + Item> PageSource for TypedPage<T> {
    async fn fetch(list: &List, page: PageOf) -> Result<Self> {
        let (page, info) = list.models(page).await?;
        Ok(TypedPage { page, info })
    }

    fn info(&self, _: &List) -> PageInfo<'_> {
        let page = &self.page;
        let number = |of: fn(&PageMeta) -> Option<u64>| page.meta.as_ref().and_then(of);
        PageInfo {
            ids: page.data.iter().map(Item::id).collect(),
            current_page: number(|meta| meta.current_page),
            total_pages: number(|meta| meta.total_pages),
            total_count: number(|meta| meta.total_count),
            page_size: number(|meta| meta.page_size),
            has_meta: page.meta.is_some(),
        }
    }
}

impl<T: DeserializeOwned + Described + Item> Iterator for Pager<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            match self.next_page() {
                Ok(Some(page)) => self.ready.extend(page.data),
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("operation", &self.iteration.list.operation.id)
            .field("next", &self.iteration.following())
            .finish_non_exhaustive()
    }
}

/// A list, page by page. See [`Pager::pages`].
#[derive(Debug)]
#[must_use = "a list fetches nothing before it is iterated"]
pub struct Pages<T> {
    pager: Pager<T>,
}

impl<T: DeserializeOwned + Described + Item> Iterator for Pages<T> {
    type Item = Result<Page<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        // The items that are left of a page whose iteration had begun come first, so that no item is lost.
        let ready = std::mem::take(&mut self.pager.ready);
        if !ready.is_empty() {
            return Some(Ok(Page {
                data: ready.into(),
                meta: None,
            }));
        }
        self.pager.next_page().transpose()
    }
}

/// A list, page by page, with the HTTP side of each answer. See [`Pager::pages_with_response`].
#[derive(Debug)]
#[must_use = "a list fetches nothing before it is iterated"]
pub struct PagesWithResponse<T> {
    pager: Pager<T>,
    refused: Option<Error>,
}

impl<T: DeserializeOwned + Described + Item> Iterator for PagesWithResponse<T> {
    type Item = Result<WithResponse<Page<T>>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = &self.refused {
            return Some(Err(error.again()));
        }
        match self.pager.next_page() {
            Ok(None) => None,
            Ok(Some(page)) => self
                .pager
                .info
                .take()
                .map(|info| Ok(WithResponse::of(page, info))),
            Err(error) => Some(Err(error)),
        }
    }
}
