//! The handle by which a caller ends calls.

use std::fmt;
use std::sync::Arc;

use super::CancelSource;

/// Ends calls from another thread: clones are one token, and any number of calls may share it.
///
/// A call that waits for a name, a connection, a server, a file or its next attempt ends within 100 ms with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) and the outcome that is known by then; its neighbours on the same client go
/// on. A token that was used once stays cancelled: take a new one for the next calls.
///
/// ```no_run
/// use penbox::{CallOptions, CancelToken, Client, FormList};
///
/// let client = Client::from_env()?;
/// let token = CancelToken::new();
/// let cancellable = client.with_options(CallOptions::new().cancel(&token));
/// std::thread::scope(|scope| {
///     let forms = scope.spawn(|| cancellable.forms().list(FormList::default()).collect::<Vec<_>>());
///     token.cancel();
///     forms.join()
/// });
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct CancelToken(Arc<CancelSource>);

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Ends every call that has this token, and those that are begun with it from now on. From any thread, as often as you like.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    pub(crate) fn cancel_source(&self) -> &Arc<CancelSource> {
        &self.0
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}
