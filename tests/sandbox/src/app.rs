use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use jiff::Timestamp;

use crate::clock::{Clock, Steer};
use crate::error::ApiError;
use crate::options::SandboxOptions;
use crate::store::Store;
use crate::store::completion::{CompletedForm, FormCompletion};
use crate::store::forms::FormStatus;
use crate::store::requests::RequestLog;
use crate::webhooks::Webhooks;
use crate::{control, gate, routes};

/// What the handlers work on; clones are the same sandbox.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    store: Mutex<Store>,
    log: Mutex<RequestLog>,
    options: SandboxOptions,
    origin: String,
    clock: Clock,
    webhooks: Webhooks,
    answered: AtomicU64,
}

impl App {
    pub(crate) fn new(options: SandboxOptions, origin: String) -> Self {
        let clock = options.clock.own();
        let hooks_clock = clock.clone();
        let now = Arc::new(move || hooks_clock.now());
        let webhooks = Webhooks::new(origin.clone(), options.webhooks_anywhere, now);
        Self(Arc::new(Inner {
            store: Mutex::new(started(&options, clock.now())),
            log: Mutex::new(RequestLog::default()),
            options,
            origin,
            clock,
            webhooks,
            answered: AtomicU64::new(0),
        }))
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.0.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, RequestLog> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn steer(&self, how: Steer) {
        self.0.clock.steer(how);
    }

    pub(crate) fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether each request gets a line on stderr.
    pub(crate) fn logs_requests(&self) -> bool {
        self.0.options.log_requests
    }

    pub(crate) fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }

    /// Plays the contact of a pending form, and tells whom the form names.
    pub(crate) fn complete_form(
        &self,
        id: &str,
        done: FormCompletion,
    ) -> Result<CompletedForm, ApiError> {
        let mut store = self.store();
        let completed = store.complete_form(id, done, self.now())?;
        if let Some(form) = store.forms.get(id) {
            let answered: &[&str] = match completed.status {
                FormStatus::Declined => &["responses:created"],
                _ => &["responses:created", "responses:completed"],
            };
            self.webhooks()
                .emit(form, answered, ("responses", &completed.response_id));
            self.webhooks()
                .emit(form, &["requests:updated"], ("requests", &form.id));
        }
        Ok(completed)
    }

    pub(crate) fn next_request_id(&self) -> String {
        let number = self.0.answered.fetch_add(1, Ordering::Relaxed) + 1;
        format!("sandbox-{number:08}")
    }

    /// Back to the seed and to the options the sandbox started with.
    pub(crate) fn reset(&self) {
        self.steer(Steer::Start);
        *self.store() = started(&self.0.options, self.now());
        self.log().clear();
        self.webhooks().reset();
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .nest("/v1", routes::router())
            .nest("/_sandbox", control::router())
            .route("/.well-known/jwks.json", get(control::webhooks::key_set))
            .fallback(not_found)
            .method_not_allowed_fallback(not_found)
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn_with_state(self.clone(), gate::pass))
            .with_state(self.clone())
    }
}

/// The state of a start. A seed that did not fit has ended the start before.
fn started(options: &SandboxOptions, now: Timestamp) -> Store {
    Store::planted(options, now).unwrap_or_else(|_| Store::new(options))
}

/// Unknown routes, and wrong methods too: the reference names no 405 (inferred).
async fn not_found(method: Method, OriginalUri(uri): OriginalUri) -> ApiError {
    ApiError::no_route(method.as_str(), uri.path())
}
