//! The steps of a pager, for pages as models and as documents alike: it fetches pages, holds them back and keeps its position
//! after an error.

use std::time::Instant;

use super::list::List;
use super::page_info::{PageInfo, PageRequest, Verdict};
use super::pagination::Pagination;
use super::prefetch::Prefetch;
use super::request_builder::PageOf;
use crate::error::{Error, ErrorKind, Result};
use crate::send::Tally;

/// A page in one of its forms: as models or as a document.
pub(crate) trait PageSource: Sized + Send + 'static {
    /// Fetches the page.
    fn fetch(list: &List, page: PageOf) -> impl Future<Output = Result<Self>> + Send;
    /// Returns the facts that the page reports of the list.
    fn info(&self, list: &List) -> PageInfo<'_>;
}

/// A page for the caller, with a flag for each item: true if the item is new.
pub(crate) struct Delivery<P> {
    pub(crate) page: P,
    pub(crate) fresh: Vec<bool>,
    /// True if no page follows.
    pub(crate) is_last: bool,
}

/// The iteration over the pages of a list. After an error it is where it was.
pub(crate) struct PageIteration<P> {
    pub(crate) list: List,
    pagination: Pagination,
    prefetch: Prefetch<(Tally, P)>,
    /// A page that was read, to be given after the look back over the pages before it.
    held: Option<(P, Vec<bool>)>,
    /// A page was read again, because items may have moved. From then on the cache is of no use: its pages are from before.
    reads_anew: bool,
    /// An error that another request would not change. Each step gives it again.
    failed: Option<Error>,
}

impl<P> PageIteration<P> {
    /// The page that follows if nothing is written meanwhile.
    pub(crate) fn following(&self) -> Option<PageOf> {
        self.pagination.next()
    }
}

impl<P: PageSource> PageIteration<P> {
    /// An iteration from this page on. With `failed` it gives that error only: its parameters were refused, and a constructor that
    /// returns no `Result` cannot report them.
    pub(crate) fn new(list: List, first: PageOf, failed: Option<Error>) -> PageIteration<P> {
        PageIteration {
            list,
            pagination: Pagination::new(first),
            prefetch: Prefetch::new(),
            held: None,
            reads_anew: false,
            failed,
        }
    }

    /// Enables or disables prefetch: a page is fetched while the caller reads the one before it.
    pub(crate) fn prefetch(&mut self, enabled: bool) {
        self.prefetch.enable(enabled);
    }

    /// The next step was called for at this time, though a thread takes it later: the time limit of its first request counts from
    /// then.
    pub(crate) fn begin(&mut self, at: Instant) {
        self.list.options.begun = Some(at);
    }

    /// Returns the next page; none at the end. After an error that may pass, the next step requests the same page again. After
    /// any other it gives the error again.
    pub(crate) async fn next(&mut self) -> Result<Option<Delivery<P>>> {
        if let Some(error) = &self.failed {
            return Err(error.again());
        }
        let result = self.step().await;
        match result {
            Err(error) if is_final(&error) => {
                self.failed = Some(error.again());
                // The held page was read well: it is given before the error of the look back.
                match self.held.take() {
                    Some((page, fresh)) => Ok(Some(Delivery {
                        page,
                        fresh,
                        is_last: false,
                    })),
                    None => Err(error),
                }
            }
            result => result,
        }
    }

    async fn step(&mut self) -> Result<Option<Delivery<P>>> {
        loop {
            if !self.pagination.is_looking_back()
                && let Some((page, fresh)) = self.held.take()
            {
                self.pagination.record_given(&fresh, self.tally());
                return Ok(Some(self.deliver(page, fresh)));
            }
            let now = self.tally();
            let Some(number) = self.pagination.plan(now) else {
                return Ok(None);
            };
            self.reads_anew |= self.pagination.has_read(number);
            let (request, page) = self.fetch(number, now).await?;
            let info = page.info(&self.list);
            let was_read = self.pagination.is_known(&request);
            let verdict = self
                .pagination
                .advance(&info, &request, self.list.sender.tally());
            drop(info);
            match verdict.map_err(|error| self.list.placed(error))? {
                // A page that is read again without a new item is of no use to the caller, who would see an empty page.
                Verdict::Give(fresh) if was_read && !fresh.contains(&true) => {}
                Verdict::Give(fresh) => return Ok(Some(self.deliver(page, fresh))),
                Verdict::Hold(fresh) => self.held = Some((page, fresh)),
                Verdict::Discard => self.reads_anew = true,
            }
        }
    }

    /// Returns the page from the prefetch, or else requests it now.
    async fn fetch(&mut self, page: PageOf, now: Tally) -> Result<(PageRequest, P)> {
        if self.pagination.is_stale(now) {
            self.prefetch.discard();
        }
        let (is_ahead, fetched) = match self.prefetch.take(page, &self.list).await {
            Some(fetched) => (true, fetched),
            None => {
                let given = self.list.options.fresh;
                if self.reads_anew {
                    self.list.options.fresh = Some(true);
                }
                let fetched = P::fetch(&self.list, page).await;
                self.list.options.fresh = given;
                (false, fetched.map(|it| (now, it)))
            }
        };
        // A step may make several requests, each with a time of its own.
        self.list.options.begun = None;
        let (writes, it) = fetched?;
        let request = PageRequest {
            page,
            writes,
            is_ahead,
        };
        Ok((request, it))
    }

    fn deliver(&mut self, page: P, fresh: Vec<bool>) -> Delivery<P> {
        let is_looking_back = self.pagination.is_looking_back() || self.held.is_some();
        let following = self.pagination.next().filter(|_| !is_looking_back);
        if let Some(following) = following.filter(|_| self.prefetch.is_enabled()) {
            self.prefetch
                .start(&self.list, following, move |list| async move {
                    let writes = list.sender.tally();
                    let page = P::fetch(&list, following).await?;
                    Ok((writes, page))
                });
        }
        Delivery {
            page,
            fresh,
            is_last: following.is_none() && !is_looking_back,
        }
    }

    fn tally(&self) -> Tally {
        self.list.sender.tally()
    }
}

/// Reports whether another request would not change the error. A cancellation is not final: it ends one step, and the caller who
/// wants no more steps does not make them.
fn is_final(error: &Error) -> bool {
    let is_cancelled = matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Closed);
    !error.retryable() && !is_cancelled
}
