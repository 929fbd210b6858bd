//! Fetches a page while the caller reads the one before it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::list::List;
use super::request_builder::PageOf;
use crate::cancel::{CancelCause, Waiter};
use crate::error::{Reason, Result};
use crate::pool::{Pool, PooledCall};
use crate::send;
use crate::send::suspension::{Suspension, suspend};

/// The longest wait for the page, which the call's own limits end earlier: no setting allows a call more than a day, and only Rust's
/// `CallOptions::timeout` does.
const LONGEST: Duration = Duration::from_secs(25 * 60 * 60);

/// A page that the pool fetches; at most one at a time.
pub(crate) struct Prefetch<R> {
    is_enabled: bool,
    fetching: Option<InFlight<R>>,
}

struct InFlight<R> {
    page: PageOf,
    /// The process that fetches the page. A forked child has the memory but not the thread: it would wait for ever.
    process: u32,
    result: Arc<Mutex<Option<Result<R>>>>,
    /// Notified when the result is there.
    fetched: Arc<Waiter<()>>,
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

    /// Starts to fetch a page.
    pub(crate) fn start(
        &mut self,
        list: &List,
        page: PageOf,
        fetch: impl Future<Output = Result<R>> + Send + 'static,
    ) {
        let (result, fetched) = (Arc::default(), Waiter::new());
        self.fetching = Some(InFlight {
            page,
            process: std::process::id(),
            result: Arc::clone(&result),
            fetched: Arc::clone(&fetched),
        });
        let pooled = PooledCall {
            client: list.sender.number,
            max_workers: list.sender.settings.max_workers,
            deadline: None,
            cancel: list.cancel_scope(),
        };
        Pool::shared().start(pooled, fetch, move |fetched_page| {
            *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(fetched_page);
            fetched.notify(());
        });
    }

    /// Drops the page that is being fetched. Its call ends by itself, and nobody waits for it.
    pub(crate) fn discard(&mut self) {
        self.fetching = None;
    }

    /// Returns the page, if it is being fetched. Waits until it is there, within the limits of the call that fetches it. Where the
    /// system gave no thread for it, the caller's own fetches it.
    pub(crate) async fn take(&mut self, page: PageOf, list: &List) -> Option<Result<R>> {
        let fetching = self.fetching.take()?;
        if fetching.page != page || fetching.process != std::process::id() {
            return None;
        }
        let cancel = list.cancel_scope();
        let runtime = &*list.sender.runtime;
        let mut wait = Suspension::of(runtime, LONGEST, None, &cancel);
        wait.awaited = Some(fetching.fetched);
        suspend(wait).await;
        let result = fetching
            .result
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match result {
            Some(Err(error)) if error.reason() == Some(Reason::Resource.name()) => None,
            Some(result) => Some(result),
            None => Some(Err(send::cancelled(
                cancel.cause().unwrap_or(CancelCause::Call),
            ))),
        }
    }
}
