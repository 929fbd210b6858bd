//! The three entries of the send path: a JSON request, an upload and a download.

use super::attempts::JsonAttempt;
use super::call::Call;
use super::options::CallOptions;
use super::request::PreparedRequest;
use super::sender::{Received, Sender};
use super::transfers::{Downloading, Uploading};
use crate::error::Result;
use crate::files::{File, Sink, Stream};

impl Sender {
    /// Sends a JSON request and returns the result of `decode` on its answer.
    ///
    /// `decode` runs inside the attempt: an answer that it rejects is a failure of this attempt, and a safe call may be repeated.
    pub(crate) async fn send<T>(
        &self,
        target: &PreparedRequest,
        options: &CallOptions,
        mut decode: impl FnMut(Received) -> Result<T>,
    ) -> Result<T> {
        let call = self.call(target, options, false);
        let run = || {
            let exchange = self.exchange(&call, None)?;
            decode(self.read(target, exchange)?)
        };
        self.attempt(&call, JsonAttempt(run)).await
    }

    /// Uploads a file and returns the result of `decode` on the answer.
    pub(crate) async fn upload<T>(
        &self,
        target: &PreparedRequest,
        content_type: &str,
        mut stream: Stream<'_>,
        options: &CallOptions,
        decode: impl FnMut(Received) -> Result<T>,
    ) -> Result<T> {
        let call = self.call(target, options, true);
        stream.limit(call.stall_limits());
        let upload = Uploading {
            sender: self,
            call: &call,
            content_type,
            stream,
            decode,
        };
        self.attempt(&call, upload).await
    }

    /// Downloads a file into a sink. `fallback` is its name where the server names none.
    pub(crate) async fn download(
        &self,
        target: &PreparedRequest,
        mut sink: Sink<'_>,
        fallback: &str,
        options: &CallOptions,
    ) -> Result<File> {
        let call = self.call(target, options, false);
        sink.limit(call.stall_limits());
        let download = Downloading {
            sender: self,
            call: &call,
            sink,
            fallback,
        };
        self.attempt(&call, download).await
    }

    /// A call of this client.
    pub(super) fn call<'a>(
        &'a self,
        target: &'a PreparedRequest,
        options: &'a CallOptions,
        sends_file: bool,
    ) -> Call<'a> {
        let (settings, runtime) = (&self.settings, &*self.runtime);
        let call = Call::new(self.state(), settings, runtime, target, options, sends_file);
        if let Some(recorder) = &options.recorder {
            recorder.begin(options.begun.unwrap_or_else(|| runtime.now()));
        }
        call
    }
}
