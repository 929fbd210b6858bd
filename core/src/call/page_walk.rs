//! The steps of a pager, whatever form its pages come in: what to fetch, what to keep, and where it is after an error.

use super::list::List;
use super::page_info::{PageInfo, PageRequest, Verdict};
use super::pagination::Pagination;
use super::prefetch::Prefetch;
use super::request_builder::PageOf;
use crate::error::{Error, ErrorKind, Result};
use crate::send::Tally;

/// A page in one of its forms.
pub(crate) trait PageSource: Sized + Send + 'static {
    /// Fetches it.
    fn fetch(list: &List, page: PageOf) -> Result<Self>;
    /// What it tells of the list.
    fn info(&self, list: &List) -> PageInfo<'_>;
}

/// A page to give, and which of its items are new.
pub(crate) struct Delivery<P> {
    pub(crate) page: P,
    pub(crate) fresh: Vec<bool>,
    /// No page follows.
    pub(crate) is_last: bool,
}

/// A walk over the pages of a list. After an error it is where it was.
pub(crate) struct PageWalk<P> {
    pub(crate) list: List,
    walk: Pagination,
    prefetch: Prefetch<(Tally, P)>,
    /// Read, and to be given once the pages before it were looked at again.
    held: Option<(P, Vec<bool>)>,
    /// An error that asking again would not change.
    failed: Option<Error>,
}

impl<P> PageWalk<P> {
    /// The page that follows if nothing is written meanwhile.
    pub(crate) fn following(&self) -> Option<PageOf> {
        self.walk.next()
    }
}

impl<P: PageSource> PageWalk<P> {
    /// A walk from this page on; with `failed` one that can only tell why it cannot begin.
    pub(crate) fn new(list: List, first: PageOf, failed: Option<Error>) -> PageWalk<P> {
        PageWalk {
            list,
            walk: Pagination::new(first),
            prefetch: Prefetch::new(),
            held: None,
            failed,
        }
    }

    /// Whether a page is fetched while the one before it is read.
    pub(crate) fn prefetch(&mut self, wanted: bool) {
        self.prefetch.enable(wanted);
    }

    /// The next page; none at the end. After an error that may pass the same page is asked for again, after any other the
    /// error is given again.
    pub(crate) fn next(&mut self) -> Result<Option<Delivery<P>>> {
        if let Some(error) = &self.failed {
            return Err(error.again());
        }
        let result = self.step();
        match result {
            Err(error) if is_final(&error) => {
                self.failed = Some(error.again());
                // What was read is not lost with what could not be read again.
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

    fn step(&mut self) -> Result<Option<Delivery<P>>> {
        loop {
            if !self.walk.is_looking_back()
                && let Some((page, fresh)) = self.held.take()
            {
                self.walk.gave(&fresh, self.tally());
                return Ok(Some(self.given(page, fresh)));
            }
            let now = self.tally();
            let Some(number) = self.walk.plan(now) else {
                return Ok(None);
            };
            let (asked, page) = self.fetch(number, now)?;
            let told = page.info(&self.list);
            let is_again = self.walk.is_known(&asked);
            let verdict = self.walk.advance(&told, &asked, self.list.sender.tally());
            drop(told);
            match verdict.map_err(|error| self.list.placed(error))? {
                // There is nothing to tell of a page that was read before.
                Verdict::Give(fresh) if is_again && !fresh.contains(&true) => {}
                Verdict::Give(fresh) => return Ok(Some(self.given(page, fresh))),
                Verdict::Hold(fresh) => self.held = Some((page, fresh)),
                Verdict::Discard => {}
            }
        }
    }

    /// The page, as it was fetched ahead or as it is now.
    fn fetch(&mut self, page: PageOf, now: Tally) -> Result<(PageRequest, P)> {
        if self.walk.is_stale(now) {
            self.prefetch.discard();
        }
        let (is_ahead, fetched) = match self.prefetch.take(page, &self.list.cancel_scope()) {
            Some(fetched) => (true, fetched),
            None => (false, P::fetch(&self.list, page).map(|it| (now, it))),
        };
        let (writes, it) = fetched?;
        let asked = PageRequest {
            page,
            writes,
            is_ahead,
        };
        Ok((asked, it))
    }

    fn given(&mut self, page: P, fresh: Vec<bool>) -> Delivery<P> {
        let looks_back = self.walk.is_looking_back() || self.held.is_some();
        let following = self.walk.next().filter(|_| !looks_back);
        if self.prefetch.is_enabled() {
            let list = self.list.clone();
            self.prefetch.start(following, move |page| {
                let asked = list.sender.tally();
                P::fetch(&list, page).map(|page| (asked, page))
            });
        }
        Delivery {
            page,
            fresh,
            is_last: following.is_none() && !looks_back,
        }
    }

    fn tally(&self) -> Tally {
        self.list.sender.tally()
    }
}

/// Whether asking again would not change it. Who cancels a call says so of each, and an interrupt ends one only.
fn is_final(error: &Error) -> bool {
    let is_asked_for = matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Closed);
    !error.retryable() && !is_asked_for
}
