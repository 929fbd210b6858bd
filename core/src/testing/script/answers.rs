//! The answers that a script still has, and the requests that came.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::answer::Answer;
use super::sent_request::SentRequest;

/// The state of a script, which its clones and its clients share.
#[derive(Clone, Default)]
pub(super) struct Answers(Arc<Mutex<State>>);

/// The answers that are left, and the requests.
#[derive(Default)]
pub(super) struct State {
    /// The answers by operation, each for one request.
    pub(super) once: BTreeMap<&'static str, VecDeque<Answer>>,
    /// The answers by operation, each for every further request.
    pub(super) always: BTreeMap<&'static str, Answer>,
    /// The answers to whatever comes next.
    pub(super) next: VecDeque<Answer>,
    pub(super) received: Vec<SentRequest>,
    /// The first operation that was named and does not exist.
    pub(super) unknown: Option<String>,
}

impl Answers {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a request, and takes its answer.
    pub(super) fn receive(&self, request: SentRequest) -> Option<Answer> {
        let mut state = self.lock();
        let id = request.operation();
        state.received.push(request);
        let once = id.and_then(|id| state.once.get_mut(id)?.pop_front());
        let given = once.or_else(|| state.next.pop_front());
        given.or_else(|| state.always.get(id?).cloned())
    }
}
