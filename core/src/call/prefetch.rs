//! A page fetched while the one before it is read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::request_builder::PageOf;
use crate::cancel::{Bell, EndedBy, Endings};
use crate::error::{Error, Result};
use crate::send::ended;

/// A TLS handshake and the deepest JSON that is accepted fit, in a debug build too.
const STACK: usize = 256 * 1024;
/// Longer than any call may last.
const LONGEST: Duration = Duration::from_secs(25 * 60 * 60);

/// At most one page that is being fetched by a thread of its own.
pub(crate) struct Ahead<R> {
    wanted: bool,
    fetching: Option<Fetching<R>>,
}

struct Fetching<R> {
    page: PageOf,
    /// A forked child has the memory but not the thread: it would wait for ever.
    process: u32,
    result: Arc<Bell<Result<R>>>,
}

impl<R: Send + 'static> Ahead<R> {
    /// Nothing is fetched ahead unless it is wanted.
    pub(crate) fn new() -> Self {
        Ahead {
            wanted: false,
            fetching: None,
        }
    }

    pub(crate) fn want(&mut self, wanted: bool) {
        self.wanted = wanted;
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Begins to fetch a page, if pages are wanted ahead. Without a thread for it, it is fetched when it is asked for.
    pub(crate) fn begin(
        &mut self,
        page: Option<PageOf>,
        fetch: impl FnOnce(PageOf) -> Result<R> + Send + 'static,
    ) {
        let Some(page) = page.filter(|_| self.wanted) else {
            return;
        };
        let result = Bell::new();
        let bell = Arc::clone(&result);
        let begun = thread::Builder::new()
            .name("penbox-prefetch".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let fetched = catch_unwind(AssertUnwindSafe(|| fetch(page)));
                let panicked = |_| Err(Error::internal("the thread that fetched a page panicked"));
                bell.bring(fetched.unwrap_or_else(panicked));
            });
        self.fetching = begun.is_ok().then(|| Fetching {
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
    pub(crate) fn take(&mut self, page: PageOf, endings: &Endings) -> Option<Result<R>> {
        let fetching = self.fetching.take()?;
        if fetching.page != page || fetching.process != std::process::id() {
            return None;
        }
        let fetched = endings.wait(&fetching.result, Instant::now() + LONGEST);
        let ended = || Err(ended(endings.ended().unwrap_or(EndedBy::Call)));
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
        let mut ahead = Ahead::new();
        ahead.begin(Some(PAGE), |_| -> Result<u64> { unreachable!() });
        assert!(ahead.take(PAGE, &Endings::default()).is_none());
        ahead.want(true);
        ahead.begin(None, |_| -> Result<u64> { unreachable!() });
        assert!(ahead.take(PAGE, &Endings::default()).is_none());
    }

    #[test]
    fn a_page_is_fetched_before_it_is_asked_for() {
        let mut ahead = Ahead::new();
        let (sender, fetched) = channel();
        ahead.want(true);
        ahead.begin(Some(PAGE), move |page| {
            sender.send(()).unwrap();
            Ok(page.number)
        });
        fetched.recv().unwrap();
        assert_eq!(ahead.take(PAGE, &Endings::default()).unwrap().unwrap(), 2);
        assert!(ahead.take(PAGE, &Endings::default()).is_none());
    }

    #[test]
    fn a_panic_is_an_error() {
        let mut ahead = Ahead::new();
        ahead.want(true);
        ahead.begin(Some(PAGE), |_| -> Result<u64> {
            std::panic::resume_unwind(Box::new("quiet"))
        });
        assert!(ahead.take(PAGE, &Endings::default()).unwrap().is_err());
    }
}
