//! What pages tell of the list they belong to, and what becomes of them.

use super::request_builder::PageOf;
use crate::send::Tally;

/// What a page told of the list, whatever form it came in.
pub(crate) struct PageInfo<'a> {
    pub(crate) ids: Vec<Option<&'a str>>,
    pub(crate) current_page: Option<u64>,
    pub(crate) total_pages: Option<u64>,
    pub(crate) total_count: Option<u64>,
    pub(crate) page_size: Option<u64>,
    pub(crate) has_meta: bool,
}

impl PageInfo<'_> {
    /// Whether it is the last page; none where that is to be guessed.
    pub(crate) fn last(&self, number: u64) -> Option<bool> {
        match (self.has_meta, self.total_pages) {
            _ if self.ids.is_empty() => Some(true),
            (true, Some(total)) => Some(self.current_page.unwrap_or(number) >= total),
            _ => None,
        }
    }

    /// The number of the list's last page, where it told.
    pub(crate) fn last_page(&self) -> u64 {
        self.total_pages.unwrap_or(u64::MAX)
    }
}

/// A moment in a list's life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) writes: Tally,
    pub(crate) total: Option<u64>,
}

impl Mark {
    /// How many items may have moved since.
    pub(crate) fn moved(&self, total: Option<u64>, now: Tally) -> u64 {
        let fall = self.total.zip(total);
        let fall = fall.map_or(0, |(before, total)| before.saturating_sub(total));
        fall.max(now.since(self.writes))
    }
}

/// A page on its way, and when it was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest {
    pub(crate) page: PageOf,
    pub(crate) writes: Tally,
    /// Before the page before it was used up.
    pub(crate) is_ahead: bool,
}

/// What becomes of a page. With it, which of its items are new.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is given.
    Give(Vec<bool>),
    /// It is given once the pages before it were looked at again.
    Hold(Vec<bool>),
    /// It is asked for anew.
    Discard,
}
