//! Pages that are read again, because items may have moved to them unseen.

use super::page_info::{Mark, PageInfo, PageRequest};
use crate::send::Tally;

/// So many pages in a row without a new item are the end of a look back that other threads' writes lengthen: they may write
/// faster than pages are read, and it would go back to the first page each time.
const MOST_IDLE: u32 = 10;

/// A way back through pages that were read, from the last one down. Items that leave a list move those behind them towards
/// its start, so whatever moves meanwhile is met on a page that is still to come. What moves the other way, because the caller
/// makes or updates an item that was found, is met on a second way.
#[derive(Debug)]
pub(crate) struct LookBack {
    /// No page before this one.
    pub(crate) first: u64,
    /// The page that the way begins at.
    pub(crate) top: u64,
    /// The page to read.
    pub(crate) page: u64,
    /// How many items a page has.
    pub(crate) step: u64,
    /// The first place, counted from 1, that an unseen item may have had at the mark.
    pub(crate) unseen: u64,
    pub(crate) mark: Mark,
    /// It has brought a new item.
    pub(crate) brought: bool,
    /// Somebody wrote while a page was on its way.
    pub(crate) raced: bool,
    /// Pages in a row without a new item.
    pub(crate) idle: u32,
}

impl LookBack {
    /// What is left of it after a page; none once it has ended.
    pub(crate) fn after(
        mut self,
        told: &PageInfo<'_>,
        fresh: &[bool],
        asked: &PageRequest,
        now: Tally,
    ) -> Option<LookBack> {
        self.raced |= now.begun > asked.writes.begun;
        let brings = fresh.contains(&true);
        self.idle = match brings {
            true => 0,
            false => self.idle + 1,
        };
        let moved = self.mark.moved(told.total_count, now);
        let before = (self.page - 1).saturating_mul(self.step);
        let unseen = self.unseen.saturating_sub(moved).max(1);
        if self.raced && self.idle >= MOST_IDLE {
            return None;
        }
        if unseen > before || self.page <= self.first {
            // Only what was given before the last page can have made the caller write meanwhile.
            if !self.brought || moved == 0 {
                return None;
            }
            (self.page, self.unseen, self.brought) = (self.top, unseen, false);
            self.mark = Mark {
                writes: now,
                total: told.total_count,
            };
            return Some(self);
        }
        self.brought |= brings;
        self.page = told.last_page().min(self.page - 1).max(self.first);
        Some(self)
    }
}
