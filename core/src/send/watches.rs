//! The waits for objects that change at the server, by the objects' ids. A hint that an object changed ends its waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cancel::Waiter;

/// The present pause of each wait: the number of the wait, and what ends the pause.
type Pauses = Vec<(u64, Arc<Waiter<()>>)>;

/// All waits of a client.
#[derive(Debug, Default)]
pub(crate) struct Watches(Mutex<Registry>);

#[derive(Debug, Default)]
struct Registry {
    /// The number of waits so far.
    made: u64,
    pauses: HashMap<String, Pauses>,
}

/// One wait for an object. Its drop ends the registration.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    watches: &'a Watches,
    id: String,
    number: u64,
    /// The process that registered the wait.
    process: u32,
}

impl Watches {
    /// Begins a wait for the object of this id.
    pub(crate) fn begin(&self, id: &str) -> Watch<'_> {
        let mut registry = self.lock();
        registry.made += 1;
        Watch {
            watches: self,
            id: id.to_owned(),
            number: registry.made,
            process: std::process::id(),
        }
    }

    /// Ends the pause of all waits for the object of this id. Returns their number.
    pub(crate) fn notify(&self, id: &str) -> usize {
        // Not under the lock: a call may be woken by way of the pool's.
        let pauses = self.lock().pauses.get(id).cloned().unwrap_or_default();
        for (_, pause) in &pauses {
            pause.notify(());
        }
        pauses.len()
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch<'_> {
    /// The pause that a hint ends from now on, until this is called again. A hint that comes before the pause ends the pause as well.
    pub(crate) fn next(&self) -> Arc<Waiter<()>> {
        let pause = Waiter::new();
        let mut registry = self.watches.lock();
        let pauses = registry.pauses.entry(self.id.clone()).or_default();
        pauses.retain(|(number, _)| *number != self.number);
        pauses.push((self.number, Arc::clone(&pause)));
        pause
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        // A forked child has waits of its own. A thread of the parent may have held the lock of these.
        if self.process != std::process::id() {
            return;
        }
        let mut registry = self.watches.lock();
        if let Some(pauses) = registry.pauses.get_mut(&self.id) {
            pauses.retain(|(number, _)| *number != self.number);
            if pauses.is_empty() {
                registry.pauses.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_ends_the_pauses_of_its_object_alone() {
        let watches = Watches::default();
        let [a, b, other] = ["f-1", "f-1", "f-2"].map(|id| watches.begin(id));
        let pauses = [a.next(), b.next(), other.next()];
        assert_eq!(watches.notify("f-1"), 2);
        assert_eq!(watches.notify("f-3"), 0);
        let notified = pauses.map(|pause| pause.is_notified());
        assert_eq!(notified, [true, true, false]);
    }

    #[test]
    fn a_hint_reaches_the_present_pause_and_no_wait_that_has_ended() {
        let watches = Watches::default();
        let watch = watches.begin("f-1");
        let (before, present) = (watch.next(), watch.next());
        assert_eq!(watches.notify("f-1"), 1);
        assert_eq!((before.is_notified(), present.is_notified()), (false, true));
        drop(watch);
        assert_eq!(watches.notify("f-1"), 0);
        assert!(watches.lock().pauses.is_empty());
    }
}
