use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

/// The body of an answer that breaks off: half of its first part is sent, and then the connection ends.
pub(crate) struct Breaking {
    body: Body,
    is_broken: bool,
}

impl Breaking {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            body,
            is_broken: false,
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
        if self.is_broken {
            return Poll::Ready(Some(Err(axum::Error::new("the fault of a test"))));
        }
        let first = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.is_broken = true;
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
