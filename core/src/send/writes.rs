//! The writes of a client: what may have moved the items of a list while it is read.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what all clones of a client send that does not only read.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// The counts of a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) begun: u64,
    pub(crate) ended: u64,
}

impl Tally {
    /// How many writes may have acted between the two moments. One that was on its way at the earlier moment counts: the
    /// server may have acted on it after.
    pub(crate) fn since(self, earlier: Tally) -> u64 {
        self.begun.saturating_sub(earlier.ended)
    }
}

impl Writes {
    /// The counts of this moment. The ended ones first: a write between the two looks counts as one on its way.
    pub(crate) fn tally(&self) -> Tally {
        let ended = self.ended.load(Ordering::SeqCst);
        Tally {
            ended,
            begun: self.begun.load(Ordering::SeqCst),
        }
    }

    /// A write is about to be sent.
    pub(crate) fn begin(&self) -> Writing<'_> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        Writing {
            writes: self,
            acted: true,
        }
    }
}

/// A write on its way. It ends with its drop, in a panic too.
pub(crate) struct Writing<'a> {
    writes: &'a Writes,
    acted: bool,
}

impl Writing<'_> {
    /// Ends it. One that was not sent or was rejected moved nothing, so it does not count.
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
    fn a_write_counts_from_its_beginning_and_unless_it_was_refused() {
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
