//! A page fetched while the one before it is read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::request_builder::PageOf;
use crate::cancel::{CancelCause, CancelScope, Waiter};
use crate::error::{Error, Result};
use crate::send::cancelled;
use crate::system;

/// A TLS handshake and the deepest JSON that is accepted fit, in a debug build too.
const STACK: usize = 256 * 1024;
/// Longer than any call may last.
const LONGEST: Duration = Duration::from_secs(25 * 60 * 60);

/// At most one page that is being fetched by a thread of its own.
pub(crate) struct Prefetch<R> {
    wanted: bool,
    fetching: Option<InFlight<R>>,
}

struct InFlight<R> {
    page: PageOf,
    /// A forked child has the memory but not the thread: it would wait for ever.
    process: u32,
    result: Arc<Waiter<Result<R>>>,
}

impl<R: Send + 'static> Prefetch<R> {
    /// Nothing is fetched ahead unless it is wanted.
    pub(crate) fn new() -> Self {
        Prefetch {
            wanted: false,
            fetching: None,
        }
    }

    pub(crate) fn enable(&mut self, wanted: bool) {
        self.wanted = wanted;
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.wanted
    }

    /// Begins to fetch a page, if pages are wanted ahead. Without a thread for it, it is fetched when it is asked for.
    pub(crate) fn start(
        &mut self,
        page: Option<PageOf>,
        fetch: impl FnOnce(PageOf) -> Result<R> + Send + 'static,
    ) {
        let Some(page) = page.filter(|_| self.wanted) else {
            return;
        };
        let result = Waiter::new();
        let bell = Arc::clone(&result);
        let begun = system::spawn("penbox-prefetch", STACK, move || {
            let fetched = catch_unwind(AssertUnwindSafe(|| fetch(page)));
            let panicked = |_| Err(Error::internal("the thread that fetched a page panicked"));
            bell.notify(fetched.unwrap_or_else(panicked));
        });
        self.fetching = begun.is_ok().then(|| InFlight {
            page,
            process: std::process::id(),
            result,
        });
    }

    /// Forgets the page that was begun; nobody waits for it.
    pub(crate) fn discard(&mut self) {
        self.fetching = None;
    }

    /// The page, if it was begun; waits until it is there, within the limits of the call that fetches it.
    pub(crate) fn take(&mut self, page: PageOf, cancel: &CancelScope) -> Option<Result<R>> {
        let fetching = self.fetching.take()?;
        if fetching.page != page || fetching.process != std::process::id() {
            return None;
        }
        let fetched = cancel.wait(&fetching.result, system::now() + LONGEST);
        let ended = || Err(cancelled(cancel.cause().unwrap_or(CancelCause::Call)));
        Some(fetched.unwrap_or_else(ended))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    const PAGE: PageOf = PageOf {
        number: 2,
        size: 100,
    };

    #[test]
    fn nothing_is_fetched_ahead_unless_wanted() {
        let mut ahead = Prefetch::new();
        ahead.start(Some(PAGE), |_| -> Result<u64> { unreachable!() });
        assert!(ahead.take(PAGE, &CancelScope::default()).is_none());
        ahead.enable(true);
        ahead.start(None, |_| -> Result<u64> { unreachable!() });
        assert!(ahead.take(PAGE, &CancelScope::default()).is_none());
    }

    #[test]
    fn a_page_is_fetched_before_it_is_asked_for() {
        let mut ahead = Prefetch::new();
        let (sender, fetched) = channel();
        ahead.enable(true);
        ahead.start(Some(PAGE), move |page| {
            sender.send(()).unwrap();
            Ok(page.number)
        });
        fetched.recv().unwrap();
        assert_eq!(
            ahead.take(PAGE, &CancelScope::default()).unwrap().unwrap(),
            2
        );
        assert!(ahead.take(PAGE, &CancelScope::default()).is_none());
    }

    #[test]
    fn a_panic_is_an_error() {
        let mut ahead = Prefetch::new();
        ahead.enable(true);
        ahead.start(Some(PAGE), |_| -> Result<u64> {
            std::panic::resume_unwind(Box::new("quiet"))
        });
        assert!(ahead.take(PAGE, &CancelScope::default()).unwrap().is_err());
    }
}
