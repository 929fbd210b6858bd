//! The end of a call in the pool: its result is given once, whatever happens.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Outcome, Result};

type Done<T> = Box<dyn FnOnce(Result<T>) + Send>;

/// The receiver of a call's result. Where the last clone is dropped without one, the call has panicked, and the receiver gets that.
pub(super) struct Completion<T>(Arc<Mutex<Option<Done<T>>>>);

impl<T> Completion<T> {
    pub(super) fn new(done: impl FnOnce(Result<T>) + Send + 'static) -> Completion<T> {
        Completion(Arc::new(Mutex::new(Some(Box::new(done)))))
    }

    /// Gives the result, if none was given yet.
    pub(super) fn complete(&self, result: Result<T>) {
        let done = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(done) = done {
            done(result);
        }
    }

    /// The same receiver, for who may have to refuse the call.
    pub(super) fn again(&self) -> Refusal<T> {
        Refusal(Arc::clone(&self.0))
    }
}

impl<T> Drop for Completion<T> {
    fn drop(&mut self) {
        // The panic may have come after the request was sent.
        let error = Error::internal("the SDK failed while it worked on the call");
        self.complete(Err(error.with_outcome(Outcome::Unknown)));
    }
}

/// The receiver of a call that may be refused. Its drop says nothing.
pub(super) struct Refusal<T>(Arc<Mutex<Option<Done<T>>>>);

impl<T> Refusal<T> {
    /// Gives the error, if no result was given yet.
    pub(super) fn refuse(self, error: Error) {
        let done = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(done) = done {
            done(Err(error));
        }
    }
}
