//! Lists of typed items, fetched while they are iterated.

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
use super::page_walk::{Delivery, PageSource, PageWalk};
use super::request_builder;
use super::request_builder::PageOf;
use crate::error::Result;
use crate::schema::Described;
use crate::send::{CallOptions, Sender};

/// A list that is fetched page by page while it is iterated.
///
/// It gives once each item that matches from the first page on until the item's own page is read, whatever this client and its clones
/// write meanwhile: a loop that updates each form so that it leaves the list meets every form. Pages are counted
/// from the list's start, so what leaves the list moves the rest towards it; where this client has written, or the list is
/// shorter than before, pages are read again. What other programs change while the number of items stays the same cannot be
/// seen, nor can an item that jumps to the pages behind the iteration, as an update does with `sort=-updated_at`. Where the
/// server sends no `meta`, only duplicates are dropped.
///
/// After an error the pager is where it was. The next step asks for the same page again if the error is
/// [`retryable`](crate::Error::retryable), and gives the error again if it is not: an iteration that passes over errors does not end.
///
/// ```no_run
/// # let client = penbox::Client::from_env()?;
/// for form in client.forms().list(penbox::FormList::default().completed(true)) {
///     println!("{}", form?.id);
/// }
/// # Ok::<(), penbox::Error>(())
/// ```
pub struct Pager<T> {
    paging: PageWalk<Page<T>>,
    /// Items of the page that is being iterated.
    ready: VecDeque<T>,
    /// A page that was fetched only to learn the count.
    pending: Option<Page<T>>,
    total_count: Option<Option<u64>>,
}

impl<T: DeserializeOwned + Described + Item> Pager<T> {
    pub(crate) fn new<O: Operation<Output = T>>(
        sender: &Arc<Sender>,
        params: O::Params,
        options: CallOptions,
    ) -> Self {
        let operation = operation::spec::<O>();
        let members = params.into_map();
        let judged = check(&members, operation.params, false, sender.settings.language)
            .and_then(|()| request_builder::page_of(&members, sender.settings.page_size));
        let (page, failed) = match judged {
            Ok(page) => (page, None),
            Err(error) => {
                let error = invoke::placed(sender, operation, error);
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
            paging: PageWalk::new(list, page, failed),
            ready: VecDeque::new(),
            pending: None,
            total_count: None,
        }
    }

    /// Fetches a page while the one before it is read, in a thread of its own: twice as fast where reading takes as long as
    /// fetching, at the price of a request that is not needed where the iteration ends early.
    pub fn prefetch(mut self) -> Self {
        self.paging.prefetch(true);
        self
    }

    /// The next items, at most `limit` of them; fewer only at the list's end. Pages beyond them are not fetched (but for the
    /// one ahead, with [`prefetch`](Pager::prefetch)), and the iteration goes on behind them.
    ///
    /// ```no_run
    /// # let client = penbox::Client::from_env()?;
    /// let newest = client.forms().list(Default::default()).collect_up_to(250)?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// Every kind. Nothing is lost: the items before it come with the next step.
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

    /// One page by its number, from 1, without touching the iteration. May be repeated.
    ///
    /// # Errors
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub fn page(&self, number: u64) -> Result<Page<T>> {
        let list = &self.paging.list;
        list.models(list.at(number)?)
    }

    /// The pages, each without what an earlier one had already.
    pub fn pages(self) -> Pages<T> {
        Pages { pager: self }
    }

    /// How many items match over all pages; `None` where the server does not tell. Asks for the first page if none came yet.
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

    /// Fetches the next page and drops duplicates.
    fn advance(&mut self) -> Result<Option<Page<T>>> {
        let Some(Delivery { page, fresh, .. }) = self.paging.next()? else {
            return Ok(None);
        };
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

impl<T: DeserializeOwned + Described + Item> PageSource for Page<T> {
    fn fetch(list: &List, page: PageOf) -> Result<Self> {
        list.models(page)
    }

    fn info(&self, _: &List) -> PageInfo<'_> {
        let number = |of: fn(&PageMeta) -> Option<u64>| self.meta.as_ref().and_then(of);
        PageInfo {
            ids: self.data.iter().map(Item::id).collect(),
            current_page: number(|meta| meta.current_page),
            total_pages: number(|meta| meta.total_pages),
            total_count: number(|meta| meta.total_count),
            page_size: number(|meta| meta.page_size),
            has_meta: self.meta.is_some(),
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
            .field("operation", &self.paging.list.operation.id)
            .field("next", &self.paging.following())
            .finish_non_exhaustive()
    }
}

/// A list, page by page. See [`Pager::pages`].
#[derive(Debug)]
pub struct Pages<T> {
    pager: Pager<T>,
}

impl<T: DeserializeOwned + Described + Item> Iterator for Pages<T> {
    type Item = Result<Page<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        // What is left of a page whose iteration had begun.
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
