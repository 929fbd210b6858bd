//! Fetches a page while the caller reads the one before it.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::invoke;
use super::list::List;
use super::request_builder::PageOf;
use crate::cancel::{CancelScope, CancelSource, CancelToken, Registration, Waiter};
use crate::error::{Outcome, Reason, Result};
use crate::pool::{Pool, PooledCall};
use crate::send;
use crate::send::mark::marked;
use crate::send::suspension::{Suspension, suspend};

/// The longest wait for the page, which the call's own limits end earlier: no setting allows a call more than a day, and only Rust's
/// `CallOptions::timeout` does.
const LONGEST: Duration = Duration::from_secs(25 * 60 * 60);

/// The longest wait for the call of a page that was cancelled. Its sockets are shut down by then, so it takes as long as its thread needs
/// to run.
const LAST_WORDS: Duration = Duration::from_millis(250);

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
    /// Ends the call of this page alone.
    cancel: Arc<CancelSource>,
    /// Held so that the caller's token ends it, too.
    token: Option<Registration>,
}

impl<R> InFlight<R> {
    fn result(&self) -> MutexGuard<'_, Option<Result<R>>> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_there(&self) -> bool {
        self.result().is_some()
    }
}

impl<R> Drop for InFlight<R> {
    /// Nobody will read the page: a call that still waits for a thread is never sent.
    fn drop(&mut self) {
        // A forked child has no thread that fetches, and the parent's threads may have held the locks.
        if self.process == std::process::id() {
            self.cancel.cancel();
        } else {
            std::mem::forget(self.token.take());
        }
    }
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

    /// Starts to fetch a page of a list. Its time limit counts from now, also while it waits for a thread.
    pub(crate) fn start<F: Future<Output = Result<R>> + Send + 'static>(
        &mut self,
        list: &List,
        page: PageOf,
        fetch: impl FnOnce(List) -> F,
    ) {
        let (result, fetched) = (Arc::default(), Waiter::new());
        let mut list = list.clone();
        let (cancel, token) = match &list.options.cancel {
            Some(token) => {
                let (cancel, registration) = token.cancel_source().branch();
                (cancel, Some(registration))
            }
            None => (Arc::default(), None),
        };
        list.options = list.options.begin().cancel(&CancelToken::of(&cancel));
        let scope = list.cancel_scope();
        let pooled = PooledCall::of(&list.sender, list.deadline(), scope.clone());
        self.fetching = Some(InFlight {
            page,
            process: std::process::id(),
            result: Arc::clone(&result),
            fetched: Arc::clone(&fetched),
            cancel,
            token,
        });
        let sender = Arc::clone(&list.sender);
        let operation = list.operation;
        let mark = list.options.mark.clone();
        let fetch = marked(mark, fetch(list));
        let call = async move {
            match send::over_before_start(&scope) {
                Some(error) => Err(invoke::placed(&sender, operation, error)),
                None => fetch.await,
            }
        };
        Pool::shared().start(pooled, call, move |ended| {
            *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
            fetched.notify(());
        });
    }

    /// Drops the page that is being fetched, and ends its call.
    pub(crate) fn discard(&mut self) {
        self.fetching = None;
    }

    /// Returns the page, if it is being fetched. Waits until it is there, within the limits of the call that fetches it. Where the system
    /// gave no thread for it, the caller's own thread fetches it.
    pub(crate) async fn take(&mut self, page: PageOf, list: &List) -> Option<Result<R>> {
        let fetching = self.fetching.take()?;
        if fetching.page != page || fetching.process != std::process::id() {
            return None;
        }
        let cancel = list.cancel_scope();
        // A step that finds its page waits for no thread.
        if !fetching.is_there() {
            let deadline = list.deadline();
            let runtime = &*list.sender.runtime;
            let mut wait = Suspension::of(runtime, LONGEST, deadline, &cancel);
            wait.awaited = Some(Arc::clone(&fetching.fetched));
            suspend(wait).await;
            if !fetching.is_there() {
                // A cancel. Only the call of the page knows whether its request was sent, and the cancel ends it, too.
                fetching.cancel.cancel();
                let mut wait = Suspension::of(runtime, LAST_WORDS, None, &CancelScope::default());
                wait.awaited = Some(Arc::clone(&fetching.fetched));
                suspend(wait).await;
            }
        }
        let result = fetching.result().take();
        match result {
            Some(Err(error)) if error.reason() == Some(Reason::Resource.name()) => None,
            Some(result) => Some(result),
            // Its request may be on its way.
            None => {
                let error = send::over(&cancel).with_outcome(Outcome::Unknown);
                Some(Err(list.placed(error)))
            }
        }
    }
}
