//! Pagination: decides which page comes next, and when a list ends. No other file does.

use std::collections::HashSet;

use super::look_back::LookBack;
use super::page_info::{Mark, PageInfo, PageRequest, Verdict};
use super::request_builder::PageOf;
use crate::error::{Error, ErrorKind, Outcome, Reason, Result};
use crate::send::Tally;

/// The most requests for one list: at 100 items a page it would hold a million. A server that promises more pages for ever is
/// stopped here.
const MAX_PAGES: u64 = 10_000;

/// The position of an iteration over a list: the page that is next, and the items that were seen.
///
/// Pages are counted from the list's start, so an item that leaves the list moves all later items towards it. A pagination that only
/// went on would skip them. It therefore goes back by as many items as may have moved: the fall of the list's length since the page
/// before, or the writes of this client, whichever is more. [`plan`](Pagination::plan) chooses the page, and
/// [`advance`](Pagination::advance) decides about it.
#[derive(Debug)]
pub(crate) struct Pagination {
    /// The page that the iteration began at. No page before it is requested.
    first: u64,
    /// The requested number of items in a page.
    size: u64,
    /// The number of items in a page: the size that the server reports, or else the requested one.
    step: u64,
    /// The next page. Every item before it was seen when the page of [`Pagination::before`] was requested.
    next: u64,
    /// The last page that was read.
    furthest: u64,
    /// The number of pages that were requested.
    requests: u64,
    /// The ids of the items that were given.
    seen: HashSet<String>,
    /// The last page was read. A look back may still go on.
    finished: bool,
    /// The mark of the page before `next`; none at the start, and where that page had no `meta`.
    before: Option<Mark>,
    /// The mark of the first page.
    started: Option<Mark>,
    /// The number of new items on the last page, and the writes until the page was given.
    given: Option<(u64, Tally)>,
    /// The pages that are being read again, if some are.
    back: Option<LookBack>,
}

impl Pagination {
    /// A pagination that begins at this page, and has seen nothing.
    pub(crate) fn new(first: PageOf) -> Pagination {
        Pagination {
            first: first.number,
            size: first.size,
            step: first.size,
            next: first.number,
            furthest: first.number.saturating_sub(1),
            requests: 0,
            seen: HashSet::new(),
            finished: false,
            before: None,
            started: None,
            given: None,
            back: None,
        }
    }

    /// Returns the page that follows if nothing is written meanwhile; none once the list has ended.
    pub(crate) fn next(&self) -> Option<PageOf> {
        (!self.finished).then_some(self.page(self.next))
    }

    /// Reports whether pages before the last one are being read again.
    pub(crate) fn is_looking_back(&self) -> bool {
        self.back.is_some()
    }

    /// Reports whether a page was read before.
    pub(crate) fn is_known(&self, request: &PageRequest) -> bool {
        self.has_read(request.page)
    }

    /// Reports whether a page of this number was read before.
    pub(crate) fn has_read(&self, page: PageOf) -> bool {
        page.number <= self.furthest
    }

    /// Reports whether this client has written since the page before was requested: a prefetched page is of no use then.
    pub(crate) fn is_stale(&self, now: Tally) -> bool {
        self.before.is_some_and(|mark| mark.moved(None, now) > 0)
    }

    /// Returns the page to request now; none once the list has ended.
    ///
    /// The pagination goes back at once where the caller wrote for half a page of items or more and the last page was at least half
    /// new: the page that it returns to is full of items that moved there. Where less was written, the next page is read first,
    /// and [`LookBack`] finds the moved items. So each request finds half a page of new items or moves forward, whatever other
    /// threads write meanwhile.
    pub(crate) fn plan(&self, now: Tally) -> Option<PageOf> {
        if let Some(back) = &self.back {
            return Some(self.page(back.page));
        }
        let (Some(mark), Some((fresh, given))) = (&self.before, self.given) else {
            return self.next();
        };
        let moved = mark.moved(None, now);
        // Without a write during the last request all writes are the caller's, made between two steps. Another thread that wrote
        // during the request would go on, so that a step back would never catch up.
        let is_alone = given.since(mark.writes) == 0;
        let next = self.next()?;
        match is_alone && 2 * moved >= self.step && 2 * fresh >= self.step {
            true => Some(self.page(next.number.saturating_sub(moved.div_ceil(self.step)))),
            false => Some(next),
        }
    }

    /// Takes a page that was read: decides what becomes of it, and whether another follows.
    ///
    /// # Errors
    /// [`Reason::PaginationLoop`] where the server repeats a page or the list does not end.
    pub(crate) fn advance(
        &mut self,
        info: &PageInfo<'_>,
        request: &PageRequest,
        now: Tally,
    ) -> Result<Verdict> {
        let number = request.page.number;
        self.requests += 1;
        let is_last = info.last(number);
        // The server did not follow the page number, and would send this page for ever.
        if is_last != Some(true) && info.current_page.is_some_and(|current| current < number) {
            return Err(looped(REPEATS));
        }
        let mark = Mark {
            writes: request.writes,
            total: info.total_count,
        };
        if let Some(back) = self.back.take() {
            let fresh = self.fresh(info);
            self.back = back.after(info, &fresh, request, now);
            return self.within_limit(Verdict::Give(fresh));
        }
        let moved = match self.before {
            Some(before) if info.has_meta => before.moved(info.total_count, now),
            _ => 0,
        };
        // A prefetched page may miss the items that moved since: read again now, it has them.
        if moved > 0 && request.is_ahead {
            return self.within_limit(Verdict::Discard);
        }
        // The server may give smaller pages than requested, and positions are counted by what it gives.
        let size = info.page_size.filter(|size| *size > 0);
        self.step = size.map_or(self.step, |size| size.min(self.size));
        // The last `moved` items before `next` may have been skipped. Where they may be on pages before this one, this page waits
        // until those were read: the caller's writes for its items would move them once more.
        let (seen, before) = (self.items_to(self.next - 1), self.items_to(number - 1));
        let unseen = seen.saturating_sub(moved) + 1;
        let hold = number > self.first && unseen <= before;
        let fresh = match is_last {
            Some(true) if !hold => self.fresh_of_last(info),
            _ => self.fresh(info),
        };
        let (any_fresh, is_beyond) = (fresh.contains(&true), number > self.furthest);
        let is_short = (info.ids.len() as u64) < self.size;
        // Without `meta` a page that is short or has no new item is the last: it is all that the server shows.
        let last = is_last.unwrap_or(is_short || (is_beyond && !any_fresh));
        if !last && is_beyond && !any_fresh && !self.explains(info, now) {
            return Err(looped(REPEATS));
        }
        self.furthest = self.furthest.max(number);
        self.before = info.has_meta.then_some(mark);
        self.started.get_or_insert(mark);
        self.next = number + 1;
        self.finished = last;
        self.record_given(&fresh, now);
        if !hold {
            return self.within_limit(Verdict::Give(fresh));
        }
        let mark = Mark {
            writes: now,
            total: info.total_count,
        };
        self.back = Some(LookBack {
            first: self.first,
            top: number - 1,
            page: info.last_page().min(number - 1).max(self.first),
            step: self.step,
            unseen,
            mark,
            found_new: false,
            raced: false,
            idle: 0,
        });
        self.within_limit(Verdict::Hold(fresh))
    }

    /// Records that a page with these new items is given to the caller.
    pub(crate) fn record_given(&mut self, fresh: &[bool], now: Tally) {
        let count = fresh.iter().filter(|new| **new).count() as u64;
        self.given = Some((count, now));
    }

    /// The request of a page. A step back ends at the first page of the iteration.
    fn page(&self, number: u64) -> PageOf {
        PageOf {
            number: number.max(self.first),
            size: self.size,
        }
    }

    /// Returns how many items the pages up to this one have.
    fn items_to(&self, number: u64) -> u64 {
        number.saturating_mul(self.step)
    }

    /// Returns a flag for each item of a page: true if the item is new. It is known from here on.
    fn fresh(&mut self, info: &PageInfo<'_>) -> Vec<bool> {
        self.seen.reserve(info.ids.len());
        let ids = info.ids.iter();
        ids.map(|id| no_id(*id) || id.is_some_and(|id| self.seen.insert(id.to_owned())))
            .collect()
    }

    /// Returns the same flags for the last page. Its ids are not kept, because no later page is compared with them.
    fn fresh_of_last(&self, info: &PageInfo<'_>) -> Vec<bool> {
        let mut here = HashSet::with_capacity(info.ids.len());
        let ids = info.ids.iter();
        ids.map(|id| no_id(*id) || id.is_some_and(|id| !self.seen.contains(id) && here.insert(id)))
            .collect()
    }

    /// Reports whether the known changes since the first page can explain that every item of a page is known. An item that was
    /// written may have moved to a later page, and an item that was made moves all later ones.
    fn explains(&self, info: &PageInfo<'_>, now: Tally) -> bool {
        let Some(started) = self.started else {
            return false;
        };
        let rise = started.total.zip(info.total_count);
        let rise = rise.map_or(0, |(before, total)| total.saturating_sub(before));
        info.ids.len() as u64 <= now.since(started.writes) + rise
    }

    /// Returns the verdict, unless the list has not ended within [`MAX_PAGES`] requests.
    fn within_limit(&self, verdict: Verdict) -> Result<Verdict> {
        let goes_on = !self.finished || self.back.is_some() || verdict == Verdict::Discard;
        match goes_on && self.requests >= MAX_PAGES {
            true => Err(looped("the list does not end within 10,000 pages")),
            false => Ok(verdict),
        }
    }
}

/// Reports whether an item has no id, so that it cannot be a duplicate.
fn no_id(id: Option<&str>) -> bool {
    id.is_none_or(str::is_empty)
}

const REPEATS: &str = "the server repeats a page although it promises more";

/// The error of a list that does not end. The pages themselves were received, so the outcome is done.
fn looped(message: &str) -> Error {
    Error::new(ErrorKind::Response, message)
        .with_reason(Reason::PaginationLoop)
        .with_outcome(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages_of(size: u64) -> Pagination {
        Pagination::new(PageOf { number: 1, size })
    }

    fn info<'a>(
        ids: &[&'a str],
        current_page: Option<u64>,
        total_pages: Option<u64>,
    ) -> PageInfo<'a> {
        PageInfo {
            ids: ids.iter().map(|id| Some(*id)).collect(),
            current_page,
            total_pages,
            total_count: None,
            page_size: None,
            has_meta: total_pages.is_some(),
        }
    }

    /// Advances by the page that is next where nobody writes.
    fn advance(pagination: &mut Pagination, info: &PageInfo<'_>) -> Result<Vec<bool>> {
        let quiet = Tally::default();
        let request = PageRequest {
            page: pagination.plan(quiet).unwrap(),
            writes: quiet,
            is_ahead: false,
        };
        match pagination.advance(info, &request, quiet)? {
            Verdict::Give(fresh) => Ok(fresh),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn meta_says_when_a_list_ends() {
        let mut pagination = pages_of(2);
        assert_eq!(
            advance(&mut pagination, &info(&["a", "b"], Some(1), Some(2))).unwrap(),
            [true, true]
        );
        assert_eq!(pagination.next(), Some(PageOf { number: 2, size: 2 }));
        assert_eq!(
            advance(&mut pagination, &info(&["b", "c", "c"], Some(2), Some(2))).unwrap(),
            [false, true, false]
        );
        assert_eq!(pagination.next(), None);
    }

    #[test]
    fn without_meta_a_short_page_or_one_with_nothing_new_ends_it() {
        let mut short = pages_of(2);
        advance(&mut short, &info(&["a"], None, None)).unwrap();
        assert_eq!(short.next(), None);
        let mut repeated = pages_of(2);
        advance(&mut repeated, &info(&["a", "b"], None, None)).unwrap();
        assert!(repeated.next().is_some());
        assert_eq!(
            advance(&mut repeated, &info(&["a", "b"], None, None)).unwrap(),
            [false, false]
        );
        assert_eq!(repeated.next(), None);
    }

    #[test]
    fn an_empty_page_ends_it_whatever_meta_says() {
        let mut pagination = pages_of(2);
        advance(&mut pagination, &info(&[], Some(1), Some(9))).unwrap();
        assert_eq!(pagination.next(), None);
    }

    #[test]
    fn a_repeated_page_with_meta_is_a_loop() {
        let mut pagination = pages_of(2);
        advance(&mut pagination, &info(&["a", "b"], Some(1), Some(3))).unwrap();
        let error = advance(&mut pagination, &info(&["a", "b"], Some(2), Some(3))).unwrap_err();
        assert_eq!(error.reason(), Some("pagination_loop"));
    }

    #[test]
    fn a_page_number_that_stays_is_a_loop() {
        let mut pagination = pages_of(1);
        advance(&mut pagination, &info(&["a"], Some(1), Some(3))).unwrap();
        assert!(advance(&mut pagination, &info(&["b"], Some(1), Some(3))).is_err());
    }

    #[test]
    fn a_list_that_never_ends_is_stopped_at_the_cap() {
        let mut pagination = pages_of(1);
        let failed = (1..).find(|number: &u64| {
            let id = number.to_string();
            advance(
                &mut pagination,
                &info(&[&id], Some(*number), Some(number + 1)),
            )
            .is_err()
        });
        assert_eq!(failed, Some(MAX_PAGES));
    }

    #[test]
    fn items_without_an_id_are_all_kept() {
        let mut pagination = pages_of(2);
        let page = PageInfo {
            ids: vec![None, None],
            current_page: None,
            total_pages: Some(1),
            total_count: None,
            page_size: None,
            has_meta: true,
        };
        assert_eq!(advance(&mut pagination, &page).unwrap(), [true, true]);
    }
}
