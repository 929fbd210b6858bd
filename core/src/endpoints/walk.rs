//! Pagination: the only place that knows when a list ends.

use std::collections::HashSet;

use super::request::PageOf;
use crate::error::{Error, ErrorKind, Outcome, Result};

/// More pages than this are no list: at 100 items each it would hold a million.
const MAX_PAGES: u64 = 10_000;

/// Where a walk over a list stands: which page is next, and what was seen.
#[derive(Debug)]
pub(crate) struct Walk {
    next: PageOf,
    asked: u64,
    seen: HashSet<String>,
    finished: bool,
}

/// What a page told of the list, whatever form it came in.
pub(crate) struct Told<'a> {
    pub(crate) ids: Vec<Option<&'a str>>,
    pub(crate) current_page: Option<u64>,
    pub(crate) total_pages: Option<u64>,
    pub(crate) has_meta: bool,
}

impl Walk {
    pub(crate) fn new(first: PageOf) -> Walk {
        Walk {
            next: first,
            asked: 0,
            seen: HashSet::new(),
            finished: false,
        }
    }

    /// The page to ask for next; none once the list has ended.
    pub(crate) fn next(&self) -> Option<PageOf> {
        (!self.finished).then_some(self.next)
    }

    /// Ends the walk: after an error nothing more is asked for.
    pub(crate) fn stop(&mut self) {
        self.finished = true;
    }

    /// Judges a page: which of its items are new, and whether another page follows.
    pub(crate) fn judge(&mut self, told: &Told<'_>) -> Result<Vec<bool>> {
        let page = self.next;
        self.asked += 1;
        let current = told.current_page.unwrap_or(page.number);
        let told_last = match (told.has_meta, told.total_pages) {
            _ if told.ids.is_empty() => Some(true),
            (true, Some(total)) => Some(current >= total),
            _ => None,
        };
        let fresh = match told_last {
            Some(true) => self.fresh_of_last(told),
            _ => self.fresh(told),
        };
        let any_fresh = fresh.contains(&true);
        let last = told_last.unwrap_or((told.ids.len() as u64) < page.size || !any_fresh);
        if last {
            self.finished = true;
            return Ok(fresh);
        }
        if !any_fresh
            || told
                .current_page
                .is_some_and(|current| current < page.number)
        {
            return Err(looped(
                "the server repeats a page although it promises more",
            ));
        }
        if self.asked >= MAX_PAGES {
            return Err(looped("the list has more than 10,000 pages"));
        }
        self.next.number += 1;
        Ok(fresh)
    }

    /// Which items of a page are new, and are known from here on.
    fn fresh(&mut self, told: &Told<'_>) -> Vec<bool> {
        self.seen.reserve(told.ids.len());
        let ids = told.ids.iter();
        ids.map(|id| no_id(*id) || id.is_some_and(|id| self.seen.insert(id.to_owned())))
            .collect()
    }

    /// The same of the last page: nobody asks for what it had.
    fn fresh_of_last(&self, told: &Told<'_>) -> Vec<bool> {
        let mut here = HashSet::with_capacity(told.ids.len());
        let ids = told.ids.iter();
        ids.map(|id| no_id(*id) || id.is_some_and(|id| !self.seen.contains(id) && here.insert(id)))
            .collect()
    }
}

/// Whether an item cannot be told from others.
fn no_id(id: Option<&str>) -> bool {
    id.is_none_or(str::is_empty)
}

fn looped(message: &str) -> Error {
    Error::new(ErrorKind::Response, message)
        .with_reason("PaginationLoop")
        .with_outcome(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(size: u64) -> Walk {
        Walk::new(PageOf { number: 1, size })
    }

    fn told<'a>(ids: &[&'a str], current_page: Option<u64>, total_pages: Option<u64>) -> Told<'a> {
        Told {
            ids: ids.iter().map(|id| Some(*id)).collect(),
            current_page,
            total_pages,
            has_meta: total_pages.is_some(),
        }
    }

    #[test]
    fn meta_says_when_a_list_ends() {
        let mut walk = walk(2);
        assert_eq!(
            walk.judge(&told(&["a", "b"], Some(1), Some(2))).unwrap(),
            [true, true]
        );
        assert_eq!(walk.next(), Some(PageOf { number: 2, size: 2 }));
        assert_eq!(
            walk.judge(&told(&["b", "c", "c"], Some(2), Some(2)))
                .unwrap(),
            [false, true, false]
        );
        assert_eq!(walk.next(), None);
    }

    #[test]
    fn without_meta_a_short_page_or_one_with_nothing_new_ends_it() {
        let mut short = walk(2);
        short.judge(&told(&["a"], None, None)).unwrap();
        assert_eq!(short.next(), None);
        let mut repeated = walk(2);
        repeated.judge(&told(&["a", "b"], None, None)).unwrap();
        assert!(repeated.next().is_some());
        assert_eq!(
            repeated.judge(&told(&["a", "b"], None, None)).unwrap(),
            [false, false]
        );
        assert_eq!(repeated.next(), None);
    }

    #[test]
    fn an_empty_page_ends_it_whatever_meta_says() {
        let mut walk = walk(2);
        walk.judge(&told(&[], Some(1), Some(9))).unwrap();
        assert_eq!(walk.next(), None);
    }

    #[test]
    fn a_repeated_page_with_meta_is_a_loop() {
        let mut walk = walk(2);
        walk.judge(&told(&["a", "b"], Some(1), Some(3))).unwrap();
        let error = walk
            .judge(&told(&["a", "b"], Some(2), Some(3)))
            .unwrap_err();
        assert_eq!(error.reason(), Some("PaginationLoop"));
    }

    #[test]
    fn a_page_number_that_stays_is_a_loop() {
        let mut walk = walk(1);
        walk.judge(&told(&["a"], Some(1), Some(3))).unwrap();
        assert!(walk.judge(&told(&["b"], Some(1), Some(3))).is_err());
    }

    #[test]
    fn a_list_that_never_ends_is_stopped_at_the_cap() {
        let mut walk = walk(1);
        let failed = (1..).find(|number: &u64| {
            let id = number.to_string();
            walk.judge(&told(&[&id], Some(*number), Some(number + 1)))
                .is_err()
        });
        assert_eq!(failed, Some(MAX_PAGES));
    }

    #[test]
    fn items_without_an_id_are_all_kept() {
        let mut walk = walk(2);
        let page = Told {
            ids: vec![None, None],
            current_page: None,
            total_pages: Some(1),
            has_meta: true,
        };
        assert_eq!(walk.judge(&page).unwrap(), [true, true]);
    }
}
