//! The token by which a caller cancels calls.

use std::fmt;
use std::sync::Arc;

use super::{CancelSource, Registration};

/// A token that cancels calls from another thread. Clones are one token, and any number of calls may share it.
///
/// A call that waits for a name, a connection, a server, a file or its next attempt ends within 100 ms. Its error has the kind
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) and the outcome that is known by then. Other calls of the client go on. A
/// token that was used once stays cancelled: make a new one for the next calls.
///
/// ```
/// use penbox::{CallOptions, CancelToken, ErrorKind, FormList};
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let token = CancelToken::new();
/// let cancellable = client.with_options(CallOptions::new().cancel(&token));
/// let listed = std::thread::scope(|scope| {
///     let forms = scope.spawn(|| cancellable.forms().list(FormList::default()).collect_up_to(1_000));
///     token.cancel();
///     forms.join()
/// });
/// assert!(token.is_cancelled());
/// // It was done before, or ended by the token. Later calls with this token are.
/// drop(listed);
/// let error = cancellable.forms().get("8b0f3a52").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Cancelled);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct CancelToken {
    cancel_source: Arc<CancelSource>,
    /// Held so that the token which this one was branched from still cancels it.
    _branched_from: Option<Arc<Registration>>,
}

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Cancels every call that has this token, and every later call with it. Any thread may call this, any number of times.
    pub fn cancel(&self) {
        self.cancel_source.cancel();
    }

    /// Returns whether the token was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancel_source.is_cancelled()
    }

    /// A token that is cancelled with this one as long as it lives, and can be cancelled alone.
    pub(crate) fn branch(&self) -> CancelToken {
        let (cancel_source, registration) = self.cancel_source.branch();
        CancelToken {
            cancel_source,
            _branched_from: Some(Arc::new(registration)),
        }
    }

    /// The token of a source.
    pub(crate) fn of(cancel_source: &Arc<CancelSource>) -> CancelToken {
        CancelToken {
            cancel_source: Arc::clone(cancel_source),
            _branched_from: None,
        }
    }

    pub(crate) fn cancel_source(&self) -> &Arc<CancelSource> {
        &self.cancel_source
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}
