use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderValue;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use tokio::task::JoinHandle;

/// What is read and sent at a time.
const STEP: usize = 256 * 1024;

type Source = Box<dyn Read + Send>;

/// An answer's body that is read as it is sent, on the threads for blocking work, in constant memory.
struct ReadBody {
    state: State,
    left: u64,
}

enum State {
    Idle(Source),
    Reading(JoinHandle<io::Result<(Source, Vec<u8>)>>),
    Over,
}

/// An answer of exactly `length` bytes from `source`.
pub(crate) fn stream(
    source: impl Read + Send + 'static,
    length: u64,
    content_type: HeaderValue,
) -> Response {
    let body = ReadBody {
        state: State::Idle(Box::new(source)),
        left: length,
    };
    let mut response = Response::new(Body::new(body));
    response
        .headers_mut()
        .insert(axum::http::header::CONTENT_TYPE, content_type);
    response
}

fn read(mut source: Source, most: u64) -> io::Result<(Source, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(STEP);
    (&mut source)
        .take(most.min(STEP as u64))
        .read_to_end(&mut bytes)?;
    Ok((source, bytes))
}

impl HttpBody for ReadBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let State::Idle(_) = self.state {
            let left = self.left;
            if let State::Idle(source) = std::mem::replace(&mut self.state, State::Over)
                && left > 0
            {
                let task = tokio::task::spawn_blocking(move || read(source, left));
                self.state = State::Reading(task);
            }
        }
        let State::Reading(task) = &mut self.state else {
            return Poll::Ready(None);
        };
        let outcome = std::task::ready!(Pin::new(task).poll(cx));
        self.state = State::Over;
        let (source, bytes) = match outcome {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => return Poll::Ready(Some(Err(error))),
            Err(error) => return Poll::Ready(Some(Err(io::Error::other(error)))),
        };
        if bytes.is_empty() {
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        self.left -= bytes.len() as u64;
        self.state = State::Idle(source);
        Poll::Ready(Some(Ok(Frame::data(bytes.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    /// Exact, so that the answer has a `Content-Length`.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
