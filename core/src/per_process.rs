//! Values that a forked child must not share with its parent.

use once_cell::race::OnceBox;

/// A value of which each process has its own. A forked child makes a new one and never touches the inherited one. The inherited
/// one may be locked by a thread that exists in the parent only, and its sockets would give each process the other's answers.
pub(crate) struct PerProcess<T> {
    /// The id of the process that the value belongs to; 0 while there is no value.
    process: u32,
    /// Leaked if another process than its own drops it.
    value: Option<T>,
    /// The value of a forked child. `OnceBox` never blocks, and no lock could be used here: the thread that held it at the fork
    /// does not exist in the child. If two threads make a value at once, one of the two is dropped.
    child: OnceBox<PerProcess<T>>,
}

impl<T> PerProcess<T> {
    /// The value of this process.
    pub(crate) fn new(value: T) -> PerProcess<T> {
        PerProcess {
            process: std::process::id(),
            value: Some(value),
            child: OnceBox::new(),
        }
    }

    /// An empty holder for statics: each process makes its value when it first needs it.
    pub(crate) const fn unmade() -> PerProcess<T> {
        PerProcess {
            process: 0,
            value: None,
            child: OnceBox::new(),
        }
    }

    /// This process's value, made by `make` if there is none yet. Takes no lock.
    pub(crate) fn get(&self, make: impl Fn() -> T) -> &T {
        self.get_after(|_| make())
    }

    /// As [`get`](PerProcess::get); `make` is given the value that was inherited last, of which a lock must not be waited for.
    pub(crate) fn get_after(&self, make: impl Fn(Option<&T>) -> T) -> &T {
        let process = std::process::id();
        let mut at = self;
        loop {
            // The child of a child goes one holder further.
            match &at.value {
                Some(value) if at.process == process => return value,
                inherited => {
                    let make = || Box::new(PerProcess::new(make(inherited.as_ref())));
                    at = at.child.get_or_init(make);
                }
            }
        }
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // Its drop would close sockets or take locks that belong to the parent.
            std::mem::forget(self.value.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};

    use super::*;

    #[test]
    fn a_process_has_one_value_and_drops_its_own_only() {
        let value = Arc::new(());
        let own = PerProcess::new(Arc::clone(&value));
        assert!(Arc::ptr_eq(own.get(|| unreachable!()), &value));
        drop(own);
        assert_eq!(Arc::strong_count(&value), 1);

        let mut inherited = PerProcess::new(Arc::clone(&value));
        inherited.process += 1;
        let made = Arc::new(());
        for _ in 0..2 {
            assert!(Arc::ptr_eq(inherited.get(|| Arc::clone(&made)), &made));
        }
        assert_eq!(Arc::strong_count(&made), 2);
        drop(inherited);
        assert_eq!(
            (Arc::strong_count(&made), Arc::strong_count(&value)),
            (1, 2)
        );
    }

    #[test]
    fn no_thread_waits_for_one_that_makes_the_value() {
        let unmade: PerProcess<u32> = PerProcess::unmade();
        let (inside, hold) = (Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            let slow = scope.spawn(|| {
                *unmade.get(|| {
                    inside.wait();
                    hold.wait();
                    1
                })
            });
            inside.wait();
            // A child that was forked while the value was made is in the same state.
            assert_eq!(*unmade.get(|| 2), 2);
            hold.wait();
            assert_eq!(slow.join().unwrap(), 2, "a process has one");
        });
    }
}
