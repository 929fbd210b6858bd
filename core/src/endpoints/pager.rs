//! Lists of typed items, fetched while they are iterated.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::ahead::Ahead;
use super::input::{Input, check};
use super::invoke;
use super::list::List;
use super::operation::Operation;
use super::page::{Item, Page};
use super::registry;
use super::request::{self, PageOf};
use super::walk::{Told, Walk};
use crate::error::{Error, Result};
use crate::schema::Described;
use crate::send::{CallOptions, Sender};

/// A list that is fetched page by page while it is iterated. An error ends it.
///
/// ```no_run
/// # let client = penbox::Client::from_env()?;
/// for form in client.forms().list(penbox::FormList::default().completed(true)) {
///     println!("{}", form?.id);
/// }
/// # Ok::<(), penbox::Error>(())
/// ```
pub struct Pager<T> {
    list: List,
    walk: Walk,
    ahead: Ahead<Page<T>>,
    /// Items of the page that is being iterated.
    ready: VecDeque<T>,
    /// A page that was fetched only to learn the count.
    pending: Option<Page<T>>,
    total_count: Option<Option<u64>>,
    failed: Option<Error>,
}

impl<T: DeserializeOwned + Described + Item> Pager<T> {
    pub(crate) fn new<O: Operation<Output = T>>(
        sender: &Arc<Sender>,
        params: O::Params,
        options: CallOptions,
    ) -> Self {
        let operation = registry::of::<O>();
        let members = params.into_map();
        let judged = check(&members, operation.params, false, sender.settings.language)
            .and_then(|()| request::page_of(&members, sender.settings.page_size));
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
        Pager {
            list: List {
                sender: sender.clone(),
                operation,
                members,
                options,
                size: page.size,
            },
            walk: Walk::new(page),
            ahead: Ahead::new(),
            ready: VecDeque::new(),
            pending: None,
            total_count: None,
            failed,
        }
    }

    /// Fetches a page while the one before it is read, in a thread of its own: twice as fast where reading takes as long as
    /// fetching, at the price of a request that is not needed where the iteration ends early.
    pub fn prefetch(mut self) -> Self {
        self.ahead.want(true);
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
    /// Every kind; the items before it are lost.
    pub fn collect_up_to(&mut self, limit: usize) -> Result<Vec<T>> {
        self.by_ref().take(limit).collect()
    }

    /// One page by its number, from 1, without touching the iteration. May be repeated.
    ///
    /// # Errors
    /// Every kind; see [`ErrorKind`](crate::ErrorKind).
    pub fn page(&self, number: u64) -> Result<Page<T>> {
        self.list.models(self.list.at(number)?)
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
        if let Some(error) = self.failed.take() {
            self.walk.stop();
            return Err(error);
        }
        let Some(next) = self.walk.next() else {
            return Ok(None);
        };
        let page = self
            .ahead
            .take(next, &self.list.endings())
            .unwrap_or_else(|| self.list.models(next));
        let result = page.and_then(|page: Page<T>| {
            let meta = page.meta.as_ref();
            let fresh = self.walk.judge(&Told {
                ids: page.data.iter().map(Item::id).collect(),
                current_page: meta.and_then(|meta| meta.current_page),
                total_pages: meta.and_then(|meta| meta.total_pages),
                has_meta: meta.is_some(),
            });
            let fresh = fresh.map_err(|error| self.list.placed(error))?;
            if self.total_count.is_none() {
                self.total_count = Some(meta.and_then(|meta| meta.total_count));
            }
            let kept = page
                .data
                .into_iter()
                .zip(fresh)
                .filter_map(|(item, new)| new.then_some(item));
            Ok(Page {
                data: kept.collect(),
                meta: page.meta,
            })
        });
        match &result {
            Ok(_) if self.ahead.is_wanted() => {
                let list = self.list.clone();
                self.ahead
                    .begin(self.walk.next(), move |page| list.models(page));
            }
            Ok(_) => {}
            Err(_) => self.walk.stop(),
        }
        result.map(Some)
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
            .field("operation", &self.list.operation.id)
            .field("next", &self.walk.next())
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
