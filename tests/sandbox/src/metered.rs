use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

/// The body of an upload: passed on as it comes, counted, and still in reach of the gate afterwards.
#[derive(Clone)]
pub(crate) struct Metered(Arc<Mutex<Meter>>);

struct Meter {
    body: Body,
    length: usize,
    over: bool,
}

impl Metered {
    pub(crate) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Meter {
            body,
            length: 0,
            over: false,
        })))
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes that came so far.
    pub(crate) fn length(&self) -> usize {
        self.meter().length
    }

    /// Reads what nobody wanted: a caller that is still sending would see a reset connection instead of the answer.
    pub(crate) async fn drain(&self) {
        while let Some(Ok(_)) = poll_fn(|cx| self.meter().poll(cx)).await {}
    }
}

impl Meter {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.length = self.length.saturating_add(length);
            }
            _ => self.over = true,
        }
        Poll::Ready(frame)
    }
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.meter().poll(cx)
    }

    fn size_hint(&self) -> SizeHint {
        self.meter().body.size_hint()
    }
}
