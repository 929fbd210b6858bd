//! Pages that are read again, because unseen items may have moved to them.

use super::page_info::{Mark, PageInfo, PageRequest};
use crate::send::Tally;

/// The number of pages in a row without a new item that ends a look back while other threads write. Without it, threads that write
/// faster than pages are read would send the look back to the first page for ever.
const MOST_IDLE: u32 = 10;

/// A look back: pages that were read are read again, from the last one down.
///
/// An item that leaves the list moves those after it towards the list's start. The direction is downwards, so an item that moves
/// meanwhile is met on a page that is still to be read. Items move the other way where the caller makes or updates an item that
/// was found: a second round from the top meets those.
#[derive(Debug)]
pub(crate) struct LookBack {
    /// The page that the list was read from: none before it is read.
    pub(crate) first: u64,
    /// The page that a round starts at.
    pub(crate) top: u64,
    /// The page to read next.
    pub(crate) page: u64,
    /// The number of items in a page.
    pub(crate) step: u64,
    /// The first position, counted from 1, that an unseen item may have had at the mark.
    pub(crate) unseen: u64,
    pub(crate) mark: Mark,
    /// True if an earlier page of this round had a new item.
    pub(crate) found_new: bool,
    /// True if a write began while a page was in flight.
    pub(crate) raced: bool,
    /// The number of pages in a row without a new item.
    pub(crate) idle: u32,
}

impl LookBack {
    /// Returns the look back that goes on after a page; none once it has ended.
    pub(crate) fn after(
        mut self,
        info: &PageInfo<'_>,
        fresh: &[bool],
        request: &PageRequest,
        now: Tally,
    ) -> Option<LookBack> {
        self.raced |= now.begun > request.writes.begun;
        let finds_new = fresh.contains(&true);
        self.idle = match finds_new {
            true => 0,
            false => self.idle + 1,
        };
        let moved = self.mark.moved(info.total_count, now);
        let before = (self.page - 1).saturating_mul(self.step);
        let unseen = self.unseen.saturating_sub(moved).max(1);
        if self.raced && self.idle >= MOST_IDLE {
            return None;
        }
        if unseen > before || self.page <= self.first {
            // Only items given before this page can have made the caller write in this round. Without any, or if nothing moved, no
            // second round is needed.
            if !self.found_new || moved == 0 {
                return None;
            }
            (self.page, self.unseen, self.found_new) = (self.top, unseen, false);
            self.mark = Mark {
                writes: now,
                total: info.total_count,
            };
            return Some(self);
        }
        self.found_new |= finds_new;
        self.page = info.last_page().min(self.page - 1).max(self.first);
        Some(self)
    }
}
