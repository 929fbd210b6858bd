use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

/// The body of an answer that breaks off: half of its first part is sent, and then the connection ends.
pub(crate) struct Breaking {
    body: Body,
    stage: Stage,
}

/// The bytes that come next.
enum Stage {
    Half,
    /// A turn in which nothing comes, so that what was sent leaves before the end: it would be dropped with the connection.
    Flush,
    End,
}

impl Breaking {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            body,
            stage: Stage::Half,
        }
    }
}

impl HttpBody for Breaking {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.stage {
            Stage::Half => {}
            Stage::Flush => {
                self.stage = Stage::End;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Stage::End => return Poll::Ready(Some(Err(axum::Error::new("the fault of a test")))),
        }
        let first = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.stage = Stage::Flush;
        let data = first.and_then(Result::ok).map(Frame::into_data);
        let data = data.and_then(Result::ok).unwrap_or_default();
        let half = data.slice(..data.len() / 2);
        Poll::Ready(Some(Ok(Frame::data(half))))
    }

    // The length that was promised, of which the rest never comes.
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Ends the task of a connection, and the connection with it. The panic has no message: it is a fault that a test asked for.
pub(crate) fn hang_up() -> ! {
    std::panic::resume_unwind(Box::new("the fault of a test"))
}
