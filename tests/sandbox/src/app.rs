use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use jiff::Timestamp;

use crate::error::ApiError;
use crate::options::SandboxOptions;
use crate::store::Store;
use crate::store::requests::RequestLog;
use crate::{control, gate, routes};

/// What the handlers work on; clones are the same sandbox.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    store: Mutex<Store>,
    log: Mutex<RequestLog>,
    options: SandboxOptions,
    origin: String,
    answered: AtomicU64,
}

impl App {
    pub(crate) fn new(options: SandboxOptions, origin: String) -> Self {
        Self(Arc::new(Inner {
            store: Mutex::new(Store::new(&options)),
            log: Mutex::new(RequestLog::default()),
            options,
            origin,
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
        self.0.options.clock.now()
    }

    pub(crate) fn origin(&self) -> &str {
        &self.0.origin
    }

    pub(crate) fn next_request_id(&self) -> String {
        let number = self.0.answered.fetch_add(1, Ordering::Relaxed) + 1;
        format!("sandbox-{number:08}")
    }

    /// Back to the seed and to the options the sandbox started with.
    pub(crate) fn reset(&self) {
        *self.store() = Store::new(&self.0.options);
        self.log().clear();
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .nest("/v1", routes::router())
            .nest("/_sandbox", control::router())
            .fallback(not_found)
            .method_not_allowed_fallback(not_found)
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn_with_state(self.clone(), gate::pass))
            .with_state(self.clone())
    }
}

/// Unknown routes, and wrong methods too: the reference names no 405 (inferred).
async fn not_found() -> ApiError {
    ApiError::not_found()
}
