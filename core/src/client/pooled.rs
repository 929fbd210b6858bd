//! The calls of asynchronous languages: the pool runs them, and the caller's thread goes on at once.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::Client;
use crate::call::document_pager::{DocumentPage, DocumentPager};
use crate::call::invoke;
use crate::call::operation::{OperationSpec, Transfer};
use crate::cancel::CancelScope;
use crate::endpoints::registry;
use crate::error::{Error, Result};
use crate::pool::{Pool, PooledCall};
use crate::send::mark::marked;
use crate::send::{CallOptions, Sender, over_before_start, suspension};

/// The page that a call of a list fetches.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum PageStep {
    /// The next page of the iteration.
    Next,
    /// The page of this number, from 1.
    Page(u64),
}

impl Client {
    /// Has the pool run a call of an operation, which is made of the `resumable_` methods with the same options. The call's time
    /// limit counts from [`CallOptions::begin`], and holds while the call waits for a thread. Returns at once.
    ///
    /// `done` gets the result, on a thread of the pool, and must not block. Where no thread is to be had, it gets that error on
    /// this thread.
    #[doc(hidden)]
    pub fn start<T: Send + 'static>(
        &self,
        operation: &str,
        options: &CallOptions,
        call: impl Future<Output = Result<T>> + Send + 'static,
        done: impl FnOnce(Result<T>) + Send + 'static,
    ) {
        let sender = self.sender();
        let scope = sender.cancel_scope(options);
        let cancel = scope.clone();
        // Some kilobytes, which each layer around it would otherwise copy.
        let call = Box::pin(call);
        let call = async move {
            match over_before_start(&cancel) {
                Some(error) => Err(error),
                None => call.await,
            }
        };
        let operation = registry::find(operation);
        start(sender, operation, options, scope, call, done);
    }

    /// Returns the time at which a call ends that moves a file and was made by [`CallOptions::begin`]; none where it has no limit. For
    /// a caller's stream, whose waits the core cannot end.
    #[doc(hidden)]
    pub fn file_deadline(&self, options: &CallOptions) -> Option<Instant> {
        let sender = self.sender();
        options.ends(sender.settings.limits.of_call(true), || {
            sender.runtime.now()
        })
    }
}

impl DocumentPager {
    /// Has the pool fetch a page, which was called for at the time `begun`. The pager goes with the call and comes back with its
    /// result. Returns at once.
    #[doc(hidden)]
    pub fn start(
        mut self,
        step: PageStep,
        begun: Instant,
        done: impl FnOnce(Option<DocumentPager>, Result<Option<DocumentPage>>) + Send + 'static,
    ) {
        self.begin(begun);
        let options = self.options().clone();
        let sender = Arc::clone(self.sender());
        let operation = registry::find(self.operation());
        let scope = sender.cancel_scope(&options);
        let cancel = scope.clone();
        // The pager lies here while no thread has it, so that a call that gets none gives it back.
        let place = Arc::new(Mutex::new(Some(self)));
        let taken = Arc::clone(&place);
        let call = async move {
            let Some(mut pager) = take(&taken) else {
                return Err(Error::internal("the pager is in use"));
            };
            let page = match (over_before_start(&cancel), step) {
                (Some(error), _) => Err(error),
                (None, PageStep::Next) => pager.resumable_next_page().await,
                (None, PageStep::Page(number)) => pager.resumable_page(number).await.map(Some),
            };
            *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(pager);
            page
        };
        start(&sender, operation, &options, scope, call, move |page| {
            done(take(&place), page);
        });
    }
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn start<T: Send + 'static>(
    sender: &Arc<Sender>,
    operation: Option<&'static OperationSpec>,
    options: &CallOptions,
    cancel: CancelScope,
    call: impl Future<Output = Result<T>> + Send + 'static,
    done: impl FnOnce(Result<T>) + Send + 'static,
) {
    let is_file = operation.is_some_and(|operation| operation.transfer != Transfer::None);
    let limit = sender.settings.limits.of_call(is_file);
    let is_imagined = sender.runtime.is_imagined();
    // The pool's clock is the system's, and says nothing of an imagined one.
    let deadline = (!is_imagined).then(|| options.ends(limit, || sender.runtime.now()));
    let pooled = PooledCall::of(sender, deadline.flatten(), cancel);
    let (ending, waits) = (Arc::clone(sender), Arc::clone(sender));
    let call = marked(options.mark.clone(), call);
    let call = async move {
        let mut call = pin!(call);
        match is_imagined {
            true => suspension::block(&*waits.runtime, call.as_mut()),
            false => call.await,
        }
    };
    Pool::shared().start(pooled, call, move |result| {
        done(result.map_err(|error| match operation {
            Some(operation) if error.operation().is_none() => {
                invoke::placed(&ending, operation, error)
            }
            _ => error,
        }));
    });
}
