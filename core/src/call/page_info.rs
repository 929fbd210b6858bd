//! The facts that a page reports of its list, and the verdict on the page.

use super::request_builder::PageOf;
use crate::send::Tally;

/// The facts that a page reports of its list, for pages as models and as documents alike.
pub(crate) struct PageInfo<'a> {
    pub(crate) ids: Vec<Option<&'a str>>,
    pub(crate) current_page: Option<u64>,
    pub(crate) total_pages: Option<u64>,
    pub(crate) total_count: Option<u64>,
    pub(crate) page_size: Option<u64>,
    pub(crate) has_meta: bool,
}

impl PageInfo<'_> {
    /// Reports whether this is the last page; none where the page does not say so.
    pub(crate) fn last(&self, number: u64) -> Option<bool> {
        match (self.has_meta, self.total_pages) {
            _ if self.ids.is_empty() => Some(true),
            (true, Some(total)) => Some(self.current_page.unwrap_or(number) >= total),
            _ => None,
        }
    }

    /// The number of the list's last page; the largest number where the page does not report it.
    pub(crate) fn last_page(&self) -> u64 {
        self.total_pages.unwrap_or(u64::MAX)
    }
}

/// A moment of the pagination: the writes until then, and the length of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) writes: Tally,
    pub(crate) total: Option<u64>,
}

impl Mark {
    /// Returns how many items may have moved since: the writes of this client, or the fall of the count if that is more. The fall
    /// includes what other programs removed.
    pub(crate) fn moved(&self, total: Option<u64>, now: Tally) -> u64 {
        let fall = self.total.zip(total);
        let fall = fall.map_or(0, |(before, total)| before.saturating_sub(total));
        fall.max(now.since(self.writes))
    }
}

/// The request of a page, and the writes until it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest {
    pub(crate) page: PageOf,
    pub(crate) writes: Tally,
    /// True if the page was requested before the caller had the items of the page before it.
    pub(crate) is_ahead: bool,
}

/// The decision about a page, with a flag for each item: true if the item is new.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The page is given to the caller.
    Give(Vec<bool>),
    /// The page is given after the pages before it were read again.
    Hold(Vec<bool>),
    /// The page is requested anew.
    Discard,
}
