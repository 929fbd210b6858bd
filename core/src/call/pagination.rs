//! Pagination: the only place that knows which page comes next, and when a list ends.

use std::collections::HashSet;

use super::look_back::LookBack;
use super::page_info::{Mark, PageInfo, PageRequest, Verdict};
use super::request_builder::PageOf;
use crate::error::{Error, ErrorKind, Outcome, Reason, Result};
use crate::send::Tally;

/// More pages than this are no list: at 100 items each it would hold a million.
const MAX_PAGES: u64 = 10_000;

/// Where a walk over a list stands: which page is next, and what was seen.
///
/// Pages are counted from the list's start, so whatever leaves the list moves all that follow it, and a walk that only went on would
/// pass over them. The walk therefore goes back by as many items as may have moved: as many as the list is shorter than a page
/// before, or as this client has written, whichever is more. See [`plan`](Pagination::plan) and [`judge`](Pagination::judge).
#[derive(Debug)]
pub(crate) struct Pagination {
    first: u64,
    size: u64,
    /// How many items a page has, as far as the server told.
    step: u64,
    /// Every item before this page was seen when [`Pagination::before`] was asked for.
    next: u64,
    /// The last page that was read.
    furthest: u64,
    asked: u64,
    seen: HashSet<String>,
    finished: bool,
    /// The page before `next`; none at the beginning, and where it had no `meta`.
    before: Option<Mark>,
    /// The first page.
    began: Option<Mark>,
    /// How many new items the last page had, and when it was given.
    given: Option<(u64, Tally)>,
    back: Option<LookBack>,
}

impl Pagination {
    pub(crate) fn new(first: PageOf) -> Pagination {
        Pagination {
            first: first.number,
            size: first.size,
            step: first.size,
            next: first.number,
            furthest: first.number.saturating_sub(1),
            asked: 0,
            seen: HashSet::new(),
            finished: false,
            before: None,
            began: None,
            given: None,
            back: None,
        }
    }

    /// The page that follows if nothing is written meanwhile; none once the list has ended.
    pub(crate) fn next(&self) -> Option<PageOf> {
        (!self.finished).then_some(self.page(self.next))
    }

    /// Whether pages before the last one are being looked at again.
    pub(crate) fn is_looking_back(&self) -> bool {
        self.back.is_some()
    }

    /// Whether a page is one that was read before.
    pub(crate) fn is_known(&self, asked: &PageRequest) -> bool {
        asked.page.number <= self.furthest
    }

    /// Whether this client has written since the page before was asked for: a page fetched ahead is of no use then.
    pub(crate) fn is_stale(&self, now: Tally) -> bool {
        self.before.is_some_and(|mark| mark.moved(None, now) > 0)
    }

    /// The page to ask for now; none once the list has ended.
    ///
    /// Where the caller has written for about every item of the last page, it is a good half of a page back: the same page
    /// again is full of items that moved there. Where less was written, the next page is read first and the rest is looked
    /// for by [`LookBack`]; so each request brings half a page of new items or the walk forward, whatever other threads
    /// write meanwhile.
    pub(crate) fn plan(&self, now: Tally) -> Option<PageOf> {
        if let Some(back) = &self.back {
            return Some(self.page(back.page));
        }
        let (Some(mark), Some((fresh, given))) = (&self.before, self.given) else {
            return self.next();
        };
        let moved = mark.moved(None, now);
        // Nobody but the caller has a reason to write between two steps; who does it during a request, goes on doing it.
        let alone = given.since(mark.writes) == 0;
        let next = self.next()?;
        match alone && 2 * moved >= self.step && 2 * fresh >= self.step {
            true => Some(self.page(next.number.saturating_sub(moved.div_ceil(self.step)))),
            false => Some(next),
        }
    }

    /// Judges a page: what becomes of it, and whether another follows.
    pub(crate) fn advance(
        &mut self,
        told: &PageInfo<'_>,
        asked: &PageRequest,
        now: Tally,
    ) -> Result<Verdict> {
        let number = asked.page.number;
        self.asked += 1;
        let told_last = told.last(number);
        if told_last != Some(true) && told.current_page.is_some_and(|current| current < number) {
            return Err(looped(REPEATS));
        }
        let mark = Mark {
            writes: asked.writes,
            total: told.total_count,
        };
        if let Some(back) = self.back.take() {
            let fresh = self.fresh(told);
            self.back = back.after(told, &fresh, asked, now);
            return self.within_limit(Verdict::Give(fresh));
        }
        let moved = match self.before {
            Some(before) if told.has_meta => before.moved(told.total_count, now),
            _ => 0,
        };
        if moved > 0 && asked.is_ahead {
            return self.within_limit(Verdict::Discard);
        }
        // A server may give less than it is asked for.
        let size = told.page_size.filter(|told| *told > 0);
        self.step = size.map_or(self.step, |told| told.min(self.size));
        // Of the items before `next` the last `moved` may have been passed over. Pages before this one are not read after it.
        let (seen, before) = (self.items_to(self.next - 1), self.items_to(number - 1));
        let unseen = seen.saturating_sub(moved) + 1;
        let hold = number > self.first && unseen <= before;
        let fresh = match told_last {
            Some(true) if !hold => self.fresh_of_last(told),
            _ => self.fresh(told),
        };
        let (any_fresh, is_beyond) = (fresh.contains(&true), number > self.furthest);
        let is_short = (told.ids.len() as u64) < self.size;
        let last = told_last.unwrap_or(is_short || (is_beyond && !any_fresh));
        if !last && is_beyond && !any_fresh && !self.explains(told, now) {
            return Err(looped(REPEATS));
        }
        self.furthest = self.furthest.max(number);
        self.before = told.has_meta.then_some(mark);
        self.began.get_or_insert(mark);
        self.next = number + 1;
        self.finished = last;
        self.gave(&fresh, now);
        if !hold {
            return self.within_limit(Verdict::Give(fresh));
        }
        let mark = Mark {
            writes: now,
            total: told.total_count,
        };
        self.back = Some(LookBack {
            first: self.first,
            top: number - 1,
            page: told.last_page().min(number - 1).max(self.first),
            step: self.step,
            unseen,
            mark,
            brought: false,
            raced: false,
            idle: 0,
        });
        self.within_limit(Verdict::Hold(fresh))
    }

    /// A page with these new items is given to the caller.
    pub(crate) fn gave(&mut self, fresh: &[bool], now: Tally) {
        let count = fresh.iter().filter(|new| **new).count() as u64;
        self.given = Some((count, now));
    }

    fn page(&self, number: u64) -> PageOf {
        PageOf {
            number: number.max(self.first),
            size: self.size,
        }
    }

    /// How many items the pages up to this one have.
    fn items_to(&self, number: u64) -> u64 {
        number.saturating_mul(self.step)
    }

    /// Which items of a page are new, and are known from here on.
    fn fresh(&mut self, told: &PageInfo<'_>) -> Vec<bool> {
        self.seen.reserve(told.ids.len());
        let ids = told.ids.iter();
        ids.map(|id| no_id(*id) || id.is_some_and(|id| self.seen.insert(id.to_owned())))
            .collect()
    }

    /// The same of the last page: nobody asks for what it had.
    fn fresh_of_last(&self, told: &PageInfo<'_>) -> Vec<bool> {
        let mut here = HashSet::with_capacity(told.ids.len());
        let ids = told.ids.iter();
        ids.map(|id| no_id(*id) || id.is_some_and(|id| !self.seen.contains(id) && here.insert(id)))
            .collect()
    }

    /// Whether what is known to have changed since the first page can be why every item of a page is known: one that was
    /// written may have moved behind those that were read, and one that was made moves all that follow it.
    fn explains(&self, told: &PageInfo<'_>, now: Tally) -> bool {
        let Some(began) = self.began else {
            return false;
        };
        let rise = began.total.zip(told.total_count);
        let rise = rise.map_or(0, |(before, total)| total.saturating_sub(before));
        told.ids.len() as u64 <= now.since(began.writes) + rise
    }

    /// The verdict, unless the walk has taken too long and is not at its end.
    fn within_limit(&self, verdict: Verdict) -> Result<Verdict> {
        let goes_on = !self.finished || self.back.is_some() || verdict == Verdict::Discard;
        match goes_on && self.asked >= MAX_PAGES {
            true => Err(looped("the list does not end within 10,000 pages")),
            false => Ok(verdict),
        }
    }
}

/// Whether an item cannot be told from others.
fn no_id(id: Option<&str>) -> bool {
    id.is_none_or(str::is_empty)
}

const REPEATS: &str = "the server repeats a page although it promises more";

fn looped(message: &str) -> Error {
    Error::new(ErrorKind::Response, message)
        .with_reason(Reason::PaginationLoop)
        .with_outcome(Outcome::Done)
}
#[cfg(test)]
mod tests {
    use super::*;

    fn walk(size: u64) -> Pagination {
        Pagination::new(PageOf { number: 1, size })
    }

    fn told<'a>(
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

    /// Judges the page that is next where nobody writes.
    fn advance(walk: &mut Pagination, told: &PageInfo<'_>) -> Result<Vec<bool>> {
        let quiet = Tally::default();
        let asked = PageRequest {
            page: walk.plan(quiet).unwrap(),
            writes: quiet,
            is_ahead: false,
        };
        match walk.advance(told, &asked, quiet)? {
            Verdict::Give(fresh) => Ok(fresh),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn meta_says_when_a_list_ends() {
        let mut walk = walk(2);
        assert_eq!(
            advance(&mut walk, &told(&["a", "b"], Some(1), Some(2))).unwrap(),
            [true, true]
        );
        assert_eq!(walk.next(), Some(PageOf { number: 2, size: 2 }));
        assert_eq!(
            advance(&mut walk, &told(&["b", "c", "c"], Some(2), Some(2))).unwrap(),
            [false, true, false]
        );
        assert_eq!(walk.next(), None);
    }

    #[test]
    fn without_meta_a_short_page_or_one_with_nothing_new_ends_it() {
        let mut short = walk(2);
        advance(&mut short, &told(&["a"], None, None)).unwrap();
        assert_eq!(short.next(), None);
        let mut repeated = walk(2);
        advance(&mut repeated, &told(&["a", "b"], None, None)).unwrap();
        assert!(repeated.next().is_some());
        assert_eq!(
            advance(&mut repeated, &told(&["a", "b"], None, None)).unwrap(),
            [false, false]
        );
        assert_eq!(repeated.next(), None);
    }

    #[test]
    fn an_empty_page_ends_it_whatever_meta_says() {
        let mut walk = walk(2);
        advance(&mut walk, &told(&[], Some(1), Some(9))).unwrap();
        assert_eq!(walk.next(), None);
    }

    #[test]
    fn a_repeated_page_with_meta_is_a_loop() {
        let mut walk = walk(2);
        advance(&mut walk, &told(&["a", "b"], Some(1), Some(3))).unwrap();
        let error = advance(&mut walk, &told(&["a", "b"], Some(2), Some(3))).unwrap_err();
        assert_eq!(error.reason(), Some("pagination_loop"));
    }

    #[test]
    fn a_page_number_that_stays_is_a_loop() {
        let mut walk = walk(1);
        advance(&mut walk, &told(&["a"], Some(1), Some(3))).unwrap();
        assert!(advance(&mut walk, &told(&["b"], Some(1), Some(3))).is_err());
    }

    #[test]
    fn a_list_that_never_ends_is_stopped_at_the_cap() {
        let mut walk = walk(1);
        let failed = (1..).find(|number: &u64| {
            let id = number.to_string();
            advance(&mut walk, &told(&[&id], Some(*number), Some(number + 1))).is_err()
        });
        assert_eq!(failed, Some(MAX_PAGES));
    }

    #[test]
    fn items_without_an_id_are_all_kept() {
        let mut walk = walk(2);
        let page = PageInfo {
            ids: vec![None, None],
            current_page: None,
            total_pages: Some(1),
            total_count: None,
            page_size: None,
            has_meta: true,
        };
        assert_eq!(advance(&mut walk, &page).unwrap(), [true, true]);
    }
}
