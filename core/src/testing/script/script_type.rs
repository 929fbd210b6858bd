//! A server that is not there: its answers are a script, and it keeps the requests.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::answer::Answer;
use super::answers::{Answers, target};
use super::sent_request::SentRequest;
use super::transport::{BASE_URL, Scripted};
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::error::{Error, Result};
use crate::send::sender::Sender;
use crate::testing::clock::Clock;
use crate::testing::route::operation_of;

/// The token of a scripted client. It is short, so that no text of an answer is taken for a part of it.
const TOKEN: &str = "pnbx_test";

/// The answers of a server that is not there, and the requests that it received. Clones share both.
///
/// Each answer is for one request, unless it is given with [`always`](Script::always). A request that the script has no answer for
/// fails the call: an error of the kind `internal` with the outcome `not_sent`, which names the request.
///
/// ```
/// use penbox::serde_json::json;
/// use penbox::testing::{Answer, Script};
/// use penbox::{ErrorKind, FormList};
///
/// let script = Script::new()
///     .on("forms.get", Answer::status(404))
///     .on("forms.get", Answer::json(json!({"id": "f-1"})))
///     .always("forms.list", Answer::page([json!({"id": "f-1"}), json!({"id": "f-2"})]));
/// let client = script.client()?;
/// assert_eq!(client.forms().get("f-1").unwrap_err().kind(), ErrorKind::NotFound);
/// assert_eq!(client.forms().get("f-1")?.id, "f-1");
/// assert_eq!(client.forms().list(FormList::default()).count(), 2);
/// assert!(script.is_over());
///
/// let error = client.forms().get("f-1").unwrap_err();
/// assert!(error.message().contains("no answer to forms.get (GET /forms/f-1)"), "{error}");
/// assert_eq!(script.requests().len(), 4);
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "`client` makes a client that gets the answers"]
pub struct Script {
    answers: Answers,
    clock: Clock,
}

impl Script {
    /// Makes a script without an answer.
    pub fn new() -> Script {
        Script {
            answers: Answers::default(),
            clock: Clock::new(),
        }
    }

    /// Adds the answer to one request of an operation, such as `forms.create`. Several are given one after the other. The request of
    /// `document_intelligence.extract` is that of `document_intelligence.create`; `document_intelligence.get` follows it.
    pub fn on(self, operation: &str, answer: Answer) -> Script {
        if let Some(id) = self.known(operation) {
            self.answers
                .lock()
                .once
                .entry(id)
                .or_default()
                .push_back(answer);
        }
        self
    }

    /// Adds the answer to one recorded request: by its operation, or where there is none such by its method and path.
    pub(crate) fn recorded(
        self,
        operation: &str,
        method: &str,
        path: &str,
        answer: Answer,
    ) -> Script {
        if operation_of(operation).is_some() {
            return self.on(operation, answer);
        }
        let target = target(method, path);
        let mut state = self.answers.lock();
        state.other.entry(target).or_default().push_back(answer);
        drop(state);
        self
    }

    /// Sets the answer to every request of an operation for which there is no other.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    ///
    /// let client = Script::new().always("forms.get", Answer::json(json!({"id": "f-1"}))).client()?;
    /// for _ in 0..3 {
    ///     assert_eq!(client.forms().get("f-1")?.id, "f-1");
    /// }
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn always(self, operation: &str, answer: Answer) -> Script {
        if let Some(id) = self.known(operation) {
            self.answers.lock().always.insert(id, answer);
        }
        self
    }

    /// Adds the answer to one request, whichever comes. Answers by operation come first.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().next(Answer::status(503)).next(Answer::json(json!({"id": "f-1"})));
    /// assert_eq!(script.client()?.forms().get("f-1")?.id, "f-1");
    /// // The read was repeated after the 503, and the wait before that took no time.
    /// assert_eq!(script.requests().len(), 2);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn next(self, answer: Answer) -> Script {
        self.answers.lock().next.push_back(answer);
        self
    }

    /// Makes a client that gets the answers, with default settings.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) where the script names an operation that does not exist.
    pub fn client(&self) -> Result<Client> {
        self.client_of(Client::builder())
    }

    /// Makes a client that gets the answers, with these settings. Token and address are the script's.
    ///
    /// ```
    /// use penbox::Client;
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().on("forms.get", Answer::unreachable());
    /// let client = script.client_of(Client::builder().max_attempts(1))?;
    /// assert_eq!(client.forms().get("f-1").unwrap_err().attempts(), 1);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for a bad setting; those of [`client`](Script::client).
    pub fn client_of(&self, settings: ClientBuilder) -> Result<Client> {
        if let Some(id) = &self.answers.lock().unknown {
            return Err(Error::invalid_argument(format!(
                "the script answers {}, and there is no such operation",
                crate::error::printable(id, 64)
            ))
            .with_hint("Operations are named as errors name them: forms.create."));
        }
        let settings = settings.token(TOKEN).base_url(BASE_URL).build_settings()?;
        let transport = Scripted::new(self.answers.clone());
        let clock = Box::new(self.clock.clone());
        Ok(Client::of(Sender::simulated(
            settings,
            Box::new(transport),
            clock,
        )))
    }

    /// The requests so far, in the order in which they came.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().on("forms.get", Answer::json(json!({"id": "f-1"})));
    /// script.client()?.forms().get("f-1")?;
    /// let requests = script.requests();
    /// assert_eq!((requests[0].method(), requests[0].path()), ("GET", "/forms/f-1"));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn requests(&self) -> Vec<SentRequest> {
        self.answers.lock().received.clone()
    }

    /// Reports whether each answer for one request was given.
    pub fn is_over(&self) -> bool {
        let state = self.answers.lock();
        let mut all = state.once.values().chain(state.other.values());
        state.next.is_empty() && all.all(VecDeque::is_empty)
    }

    /// The answers for one request that were not given yet: the operation's id, and their number. A request that no operation makes
    /// has its method and path instead of an id.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().on("forms.get", Answer::status(404));
    /// assert_eq!(script.left(), [("forms.get".to_owned(), 1)]);
    /// assert!(script.client()?.forms().get("f-1").is_err());
    /// assert!(script.left().is_empty());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn left(&self) -> Vec<(String, usize)> {
        self.answers.left()
    }

    /// The time that the calls would have waited: between attempts, after a 429, for the rate limit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    ///
    /// let limited = Answer::status(429).retry_after(Duration::from_secs(30));
    /// let script = Script::new().next(limited).next(Answer::json(json!({"id": "f-1"})));
    /// script.client()?.forms().get("f-1")?;
    /// assert!(script.waited() >= Duration::from_secs(30));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn waited(&self) -> Duration {
        self.clock.slept()
    }

    /// The operation under whose id requests like this operation's are kept; none where there is no such operation.
    fn known(&self, operation: &str) -> Option<&'static str> {
        let found = operation_of(operation);
        if found.is_none() {
            let mut state = self.answers.lock();
            state.unknown.get_or_insert_with(|| operation.to_owned());
        }
        found
    }
}

impl Default for Script {
    fn default() -> Self {
        Script::new()
    }
}

// The operations alone: an answer may hold what a test copied from a contact.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.answers.lock();
        f.debug_struct("Script")
            .field("once", &state.once.keys())
            .field("always", &state.always.keys())
            .field("next", &state.next.len())
            .field("received", &state.received)
            .finish()
    }
}
