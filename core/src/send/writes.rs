//! The count of a client's writes: a write may move the items of a list while the list is read.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counters of all requests of a client and its clones that do not only read.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) begun: u64,
    pub(crate) ended: u64,
}

impl Tally {
    /// The number of writes that may have acted between the two moments. A write in flight at the earlier moment counts, since the
    /// server may have acted on it later.
    pub(crate) fn since(self, earlier: Tally) -> u64 {
        self.begun.saturating_sub(earlier.ended)
    }
}

impl Writes {
    /// The counts at this moment. `ended` is read first: a write between the two reads counts as one in flight, which is safe.
    pub(crate) fn tally(&self) -> Tally {
        let ended = self.ended.load(Ordering::SeqCst);
        Tally {
            ended,
            begun: self.begun.load(Ordering::SeqCst),
        }
    }

    /// Counts a write that is about to be sent.
    pub(crate) fn begin(&self) -> Writing<'_> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        Writing {
            writes: self,
            acted: true,
        }
    }
}

/// A write in flight. Its drop ends it, in a panic too.
pub(crate) struct Writing<'a> {
    writes: &'a Writes,
    acted: bool,
}

impl Writing<'_> {
    /// Ends the write. A write that was not sent, or was rejected, moved nothing and does not count.
    pub(crate) fn end(mut self, acted: bool) {
        self.acted = acted;
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        match self.acted {
            true => self.writes.ended.fetch_add(1, Ordering::SeqCst),
            false => self.writes.begun.fetch_sub(1, Ordering::SeqCst),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_counts_from_its_beginning_unless_it_was_refused() {
        let writes = Writes::default();
        let before = writes.tally();
        let first = writes.begin();
        let during = writes.tally();
        assert_eq!((during.since(before), during.since(during)), (1, 1));
        first.end(true);
        let after = writes.tally();
        assert_eq!((after.since(during), after.since(after)), (1, 0));
        writes.begin().end(false);
        assert_eq!(writes.tally().since(after), 0);
        drop(writes.begin());
        assert_eq!(writes.tally().since(after), 1);
    }
}
