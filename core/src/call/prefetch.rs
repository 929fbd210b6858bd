//! Fetches a page while the caller reads the one before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::request_builder::PageOf;
use crate::cancel::{CancelCause, CancelScope, Waiter};
use crate::error::{Error, Result};
use crate::send;
use crate::system;

/// The stack of the thread: a TLS handshake and the deepest JSON that is accepted fit, in a debug build too. The test
/// `the_deepest_json_fits_the_stack` of `workers`, which has the same size, shows it.
const STACK: usize = 256 * 1024;
/// The longest wait for the page, which the call's own limits end earlier: no setting allows a call more than a day, and only Rust's
/// `CallOptions::timeout` does.
const LONGEST: Duration = Duration::from_secs(25 * 60 * 60);

/// A page that a thread of its own fetches; at most one at a time.
pub(crate) struct Prefetch<R> {
    is_enabled: bool,
    fetching: Option<InFlight<R>>,
}

struct InFlight<R> {
    page: PageOf,
    /// The process that fetches the page. A forked child has the memory but not the thread: it would wait for ever.
    process: u32,
    result: Arc<Waiter<Result<R>>>,
}

impl<R: Send + 'static> Prefetch<R> {
    /// A prefetch that does nothing until it is enabled.
    pub(crate) fn new() -> Self {
        Prefetch {
            is_enabled: false,
            fetching: None,
        }
    }

    pub(crate) fn enable(&mut self, enabled: bool) {
        self.is_enabled = enabled;
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Starts to fetch a page, if prefetch is enabled. Where the system gives no thread, the page is fetched when the caller
    /// requests it.
    pub(crate) fn start(
        &mut self,
        page: Option<PageOf>,
        fetch: impl FnOnce(PageOf) -> Result<R> + Send + 'static,
    ) {
        let Some(page) = page.filter(|_| self.is_enabled) else {
            return;
        };
        let result = Waiter::new();
        let waiter = Arc::clone(&result);
        let spawned = system::spawn("penbox-prefetch", STACK, move || {
            let fetched = catch_unwind(AssertUnwindSafe(|| fetch(page)));
            let panicked = |_| Err(Error::internal("the thread that fetched a page panicked"));
            waiter.notify(fetched.unwrap_or_else(panicked));
        });
        self.fetching = spawned.is_ok().then(|| InFlight {
            page,
            process: std::process::id(),
            result,
        });
    }

    /// Drops the page that is being fetched. Its thread ends by itself, and nobody waits for it.
    pub(crate) fn discard(&mut self) {
        self.fetching = None;
    }

    /// Returns the page, if it is being fetched. Waits until it is there, within the limits of the call that fetches it.
    pub(crate) fn take(&mut self, page: PageOf, cancel: &CancelScope) -> Option<Result<R>> {
        let fetching = self.fetching.take()?;
        if fetching.page != page || fetching.process != std::process::id() {
            return None;
        }
        let fetched = cancel.wait(&fetching.result, system::now() + LONGEST);
        let cancelled = || Err(send::cancelled(cancel.cause().unwrap_or(CancelCause::Call)));
        Some(fetched.unwrap_or_else(cancelled))
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
    fn nothing_is_fetched_before_prefetch_is_enabled() {
        let mut prefetch = Prefetch::new();
        prefetch.start(Some(PAGE), |_| -> Result<u64> { unreachable!() });
        assert!(prefetch.take(PAGE, &CancelScope::default()).is_none());
        prefetch.enable(true);
        prefetch.start(None, |_| -> Result<u64> { unreachable!() });
        assert!(prefetch.take(PAGE, &CancelScope::default()).is_none());
    }

    #[test]
    fn a_page_is_fetched_before_it_is_requested() {
        let mut prefetch = Prefetch::new();
        let (sender, fetched) = channel();
        prefetch.enable(true);
        prefetch.start(Some(PAGE), move |page| {
            sender.send(()).unwrap();
            Ok(page.number)
        });
        fetched.recv().unwrap();
        assert_eq!(
            prefetch
                .take(PAGE, &CancelScope::default())
                .unwrap()
                .unwrap(),
            2
        );
        assert!(prefetch.take(PAGE, &CancelScope::default()).is_none());
    }

    #[test]
    fn a_panic_is_an_error() {
        let mut prefetch = Prefetch::new();
        prefetch.enable(true);
        prefetch.start(Some(PAGE), |_| -> Result<u64> {
            std::panic::resume_unwind(Box::new("quiet"))
        });
        assert!(
            prefetch
                .take(PAGE, &CancelScope::default())
                .unwrap()
                .is_err()
        );
    }
}
