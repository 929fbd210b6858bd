//! Uploads and downloads: attempts that have to go back to the first byte before they are repeated.

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue};

use super::attempts::Attempt;
use super::call::Call;
use super::ended::cancelled;
use super::minimum_throughput::MinimumThroughput;
use super::sender::{Content, Exchange, Received, Sender};
use super::{classify, file_answer, headers, response_body};
use crate::auth::Token;
use crate::error::Result;
use crate::files::{File, Sink, Stream, file_name};
use crate::transport::{Payload, Reply, TransportError};

/// A download is read in chunks of this size. It is more than the connection's buffer holds (64 KiB), so that the chunk is never the
/// reason for another write to the file; a larger one would only cost memory.
const FILE_CHUNK: usize = 128 * 1024;

/// An upload of one file.
pub(crate) struct Uploading<'a, 's, F> {
    pub(crate) sender: &'a Sender,
    pub(crate) call: &'a Call<'a>,
    pub(crate) content_type: &'a str,
    pub(crate) stream: Stream<'s>,
    pub(crate) decode: F,
}

impl<T, F: FnMut(Received) -> Result<T>> Attempt for Uploading<'_, '_, F> {
    type Output = T;

    fn prepare(&mut self) -> Result<()> {
        let cancel = &self.call.context.cancel;
        let waited = self.stream.await_source();
        waited.map_err(|error| cancel.cause().map_or(error, cancelled))
    }

    fn open(&mut self) -> Result<()> {
        self.stream.open()
    }

    fn run(&mut self) -> Result<T> {
        let length = self.stream.length();
        let content = Content {
            content_type: self.content_type,
            payload: Payload::Stream(&mut self.stream, length),
        };
        let result = self
            .sender
            .exchange(self.call, Some(content))
            .and_then(|exchange| self.sender.read(self.call.target, exchange))
            .and_then(&mut self.decode);
        match (result, self.stream.failure()) {
            // The source failed, and the transport's error only repeats it. An answer of the server counts more than both.
            (Err(echo), Some(cause)) if echo.http_status().is_none() => {
                // A cancel ends the wait for the source, too, and counts more than the end of that wait.
                let is_cancelled = self.call.context.cancel.cause().is_some();
                Err(if is_cancelled { echo } else { cause }.with_attempts(1))
            }
            (Ok(output), _) => {
                self.stream.keep();
                Ok(output)
            }
            (result, _) => result,
        }
    }

    fn rewind(&mut self) -> bool {
        self.stream.rewind()
    }

    fn give_back(&mut self) -> bool {
        self.stream.give_back()
    }
}

/// A download of one file.
pub(crate) struct Downloading<'a, 's> {
    pub(crate) sender: &'a Sender,
    pub(crate) call: &'a Call<'a>,
    pub(crate) sink: Sink<'s>,
    pub(crate) fallback: &'a str,
}

impl Attempt for Downloading<'_, '_> {
    type Output = File;

    fn open(&mut self) -> Result<()> {
        self.sink.open()
    }

    fn run(&mut self) -> Result<File> {
        let Exchange {
            mut reply, token, ..
        } = self.sender.exchange(self.call, None)?;
        let refusal = file_answer::refusal(self.call.target.accept, reply.status, &reply.headers);
        if let Some(mut error) = refusal {
            if file_answer::is_explained(reply.status, &reply.headers) {
                error = classify::with_body(&token, error, &mut reply);
            }
            return Err(self
                .sender
                .after_success(error, &reply.headers, reply.status, &token));
        }
        self.fill(&mut reply, &token).map_err(|error| {
            self.sender
                .after_success(error, &reply.headers, reply.status, &token)
        })
    }

    fn rewind(&mut self) -> bool {
        self.sink.rewind()
    }
}

impl Downloading<'_, '_> {
    /// Reads the answer's body into the sink, to its last byte.
    fn fill(&mut self, reply: &mut Reply, token: &Token) -> Result<File> {
        response_body::uncoded(&reply.headers)?;
        let total = response_body::length_of(&reply.headers);
        // Without a length a file that was cut short looks like a whole one.
        if response_body::ends_by_close(&reply.headers) {
            return Err(response_body::unusable(
                "the answer does not say how long the file is, or has compressed it, which was not asked for",
            ));
        }
        self.sink.expect(total)?;
        let mut chunk = vec![0; FILE_CHUNK];
        // From here on the bytes of the file move: their silence and their throughput have limits of their own.
        self.call.context.file_moves();
        let runtime = &self.sender.runtime;
        let mut throughput = MinimumThroughput::new(self.sender.settings.limits.read);
        loop {
            let started = runtime.now();
            let count = reply
                .body
                .read(&mut chunk)
                .map_err(TransportError::into_error)?;
            if count == 0 {
                break;
            }
            throughput.record(count, runtime.now().saturating_duration_since(started))?;
            let cancel = &self.call.context.cancel;
            self.sink
                .take(&chunk[..count], total)
                .map_err(|error| cancel.cause().map_or(error, cancelled))?;
        }
        if total.is_some_and(|total| total != self.sink.size()) {
            return Err(response_body::cut_short());
        }
        let text = |name: HeaderName| {
            let value: &HeaderValue = reply.headers.get(name)?;
            Some(headers::text(value))
        };
        let name = text(CONTENT_DISPOSITION)
            .and_then(|header| file_name::of_disposition(&token.blank_whole(&header)));
        let content_type = text(CONTENT_TYPE).map(|header| token.blank(&header));
        self.sink.finish(name, content_type, self.fallback)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use http::HeaderMap;
    use http::header::CONTENT_LENGTH;

    use super::*;
    use crate::client::Client;
    use crate::config::ClientBuilder;
    use crate::error::{ErrorKind, Outcome, Reason};
    use crate::files::Download;
    use crate::send::runtime::System;
    use crate::transport::{Request, Transport};

    /// A transport that takes the end of a connection for the end of a body.
    struct Careless {
        declared: u64,
        body: &'static [u8],
    }

    impl Transport for Careless {
        fn exchange(&self, _: Request<'_>) -> Result<Reply, TransportError> {
            let headers = HeaderMap::from_iter([(CONTENT_LENGTH, self.declared.into())]);
            Ok(Reply {
                status: 200,
                headers,
                body: Box::new(Cursor::new(self.body.to_vec())),
            })
        }

        fn shutdown(&self) {}
    }

    #[test]
    fn a_file_of_another_length_than_declared_is_an_error_and_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        for (declared, is_whole) in [(4, true), (5, false), (3, false), (0, false)] {
            let settings = ClientBuilder::new()
                .token("pnbx_careless")
                .base_url("http://127.0.0.1/v1")
                .max_attempts(1)
                .build_settings()
                .unwrap();
            let body = b"%PDF";
            let transport = Box::new(Careless { declared, body });
            let client = Client::of(Sender::simulated(settings, transport, Box::new(System)));
            let path = folder.path().join(declared.to_string());
            let result = client.attachments().download("a", Download::to(&path));
            assert_eq!((result.is_ok(), path.exists()), (is_whole, is_whole));
            if let Err(error) = result {
                let reason = Some(Reason::Truncated.name());
                let facts = (error.kind(), error.reason(), error.outcome());
                assert_eq!(facts, (ErrorKind::Response, reason, Outcome::Done));
            }
        }
    }
}
