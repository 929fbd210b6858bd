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
    /// The answers to requests that are no operation's, by method and path.
    pub(super) other: BTreeMap<String, VecDeque<Answer>>,
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
        let target = target(request.method(), request.path());
        state.received.push(request);
        let once = match id {
            Some(id) => state.once.get_mut(id),
            None => state.other.get_mut(&target),
        };
        let once = once.and_then(VecDeque::pop_front);
        let given = once.or_else(|| state.next.pop_front());
        given.or_else(|| state.always.get(id?).cloned())
    }

    /// The answers for one request that are left, by what they answer.
    pub(super) fn left(&self) -> Vec<(String, usize)> {
        let state = self.lock();
        let of_operations = state.once.iter().map(|(id, left)| (*id, left.len()));
        let of_others = state.other.iter();
        let of_others = of_others.map(|(target, left)| (target.as_str(), left.len()));
        let all = of_operations.chain(of_others);
        all.filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_owned(), count))
            .collect()
    }
}

/// The key of a request that is no operation's. An address in a path has no place in a file, so it counts as any other.
pub(super) fn target(method: &str, path: &str) -> String {
    format!("{method} {}", without_contacts(path))
}

/// A path without the parts that hold an address.
pub(crate) fn without_contacts(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let is_address = part.contains('@') || part.contains("%40");
        if is_address { "contact" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}
