//! Uploads and downloads.

use std::future::Future;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use napi::bindgen_prelude::{Either, Either3};
use napi_derive::napi;
use penbox_core::{CallOptions, Client, Download, Error, ErrorKind, File, Upload};
use serde_json::json;

use crate::channel::Channel;
use crate::client::NativeClient;
use crate::fault;
use crate::json::Json;
use crate::message::Answered;
use crate::options;
use crate::streams::{Source, Target};
use crate::transfer::{NativeTransfer, Transfer};

/// The source of an upload.
enum UploadSource {
    Path(PathBuf),
    Bytes(Vec<u8>),
    /// A stream of JavaScript's, with its size if that is known.
    Stream(Option<u64>),
}

/// The target of a download.
enum DownloadTarget {
    Memory,
    Path(PathBuf),
    Stream,
}

/// A call that moves a file.
struct Call {
    client: Client,
    operation: String,
    params: String,
    options: CallOptions,
    transfer: Arc<Transfer>,
    channel: Channel,
}

#[napi]
impl NativeClient {
    /// Starts an upload, whose answer is sent with the transfer's ticket. The source is a path, bytes, or the size of a stream
    /// (negative if unknown) whose chunks are pushed into the transfer. Returns the payload of an error if it could not be
    /// started.
    #[napi]
    pub fn upload(
        &self,
        transfer: &NativeTransfer,
        operation: String,
        params: String,
        options: String,
        source: Either3<String, &[u8], f64>,
    ) -> Option<String> {
        let source = match source {
            Either3::A(path) => UploadSource::Path(PathBuf::from(path)),
            // Copied: JavaScript may change its bytes, or free them, while the call runs.
            Either3::B(bytes) => UploadSource::Bytes(bytes.to_vec()),
            Either3::C(size) => UploadSource::Stream((size >= 0.0).then_some(size as u64)),
        };
        self.move_file(
            operation,
            params,
            &options,
            transfer,
            move |call| async move { call.upload(source).await },
        )
    }

    /// Starts a download to a path, into memory (`true`), or through the transfer into a stream (`false`). Its answer is sent
    /// with the transfer's ticket. Returns the payload of an error if it could not be started.
    #[napi]
    pub fn download(
        &self,
        transfer: &NativeTransfer,
        operation: String,
        params: String,
        options: String,
        to: Either<String, bool>,
        overwrite: bool,
    ) -> Option<String> {
        let to = match to {
            Either::A(path) => DownloadTarget::Path(PathBuf::from(path)),
            Either::B(true) => DownloadTarget::Memory,
            Either::B(false) => DownloadTarget::Stream,
        };
        self.move_file(
            operation,
            params,
            &options,
            transfer,
            move |call| async move { call.download(to, overwrite).await },
        )
    }
}

impl NativeClient {
    /// Starts a call that moves a file. Returns the payload of an error if it could not be started.
    fn move_file<F>(
        &self,
        operation: String,
        params: String,
        options: &str,
        transfer: &NativeTransfer,
        moves: impl FnOnce(Call) -> F,
    ) -> Option<String>
    where
        F: Future<Output = Result<Option<Answered>, Error>> + Send + 'static,
    {
        let transfer = transfer.shared();
        let options = match options::read(options, Some(&transfer.cancel)) {
            Ok(options) => self.begun(options, transfer.ticket),
            Err(error) => return Some(fault::json(&self.client.placed(&operation, error))),
        };
        let (channel, ticket) = (self.channel.clone(), transfer.ticket);
        let call = moves(Call {
            channel: self.channel.clone(),
            client: self.client.clone(),
            operation: operation.clone(),
            params,
            options: options.clone(),
            transfer,
        });
        let done = move |end| channel.finish(ticket, end);
        self.client.start(&operation, &options, call, done);
        None
    }
}

impl Call {
    async fn upload(self, source: UploadSource) -> Result<Option<Answered>, Error> {
        let upload = match source {
            UploadSource::Path(path) => Upload::path(path),
            UploadSource::Bytes(bytes) => Upload::bytes(bytes, ""),
            UploadSource::Stream(size) => {
                let source = Source {
                    transfer: self.transfer.clone(),
                    limit: self.limit(),
                    chunk: Cursor::default(),
                };
                // A source with a size is a Blob, which may be sent again in another call. Any other stream is ended with
                // the call, even if nothing of it was read.
                match size {
                    Some(_) => Upload::stream(source, size).lasting(),
                    None => Upload::stream(source, size),
                }
            }
        };
        let mut last = (0, None);
        let upload = upload.on_progress(|moved, total| self.progress(&mut last, moved, total));
        let result = self
            .client
            .resumable_upload(&self.operation, &self.params, upload, &self.options)
            .await;
        self.finish(last, result.is_ok());
        let answer = result.map_err(|error| {
            self.as_cancelled(error, || {
                // Never sent, but the core refuses an upload without a name before it looks at the cancel.
                let nothing = Upload::bytes(Vec::new(), "nothing");
                self.client
                    .upload(&self.operation, &self.params, nothing, &self.options)
                    .err()
            })
        })?;
        let ticket = self.transfer.ticket;
        self.channel.head(ticket, answer.response.as_deref());
        Ok(Some(Answered::text(answer.document.text())))
    }

    async fn download(
        self,
        to: DownloadTarget,
        overwrite: bool,
    ) -> Result<Option<Answered>, Error> {
        let download = match to {
            DownloadTarget::Memory => Download::memory(),
            DownloadTarget::Path(path) => Download::to(path),
            DownloadTarget::Stream => Download::writer(Target {
                transfer: self.transfer.clone(),
                limit: self.limit(),
            }),
        };
        let mut last = (0, None);
        let download = download
            .overwrite(overwrite)
            .on_progress(|moved, total| self.progress(&mut last, moved, total));
        let result = self
            .client
            .resumable_download(&self.operation, &self.params, download, &self.options)
            .await;
        self.finish(last, result.is_ok());
        let file = result.map_err(|error| {
            self.as_cancelled(error, || {
                let memory = Download::memory();
                self.client
                    .download(&self.operation, &self.params, memory, &self.options)
                    .err()
            })
        })?;
        let info = self.options.recorded();
        self.channel.head(self.transfer.ticket, info.as_ref());
        Ok(Some(answered(file)))
    }

    /// Reports progress to JavaScript if it is watched. Keeps it in `last`, for `finish`.
    fn progress(
        &self,
        last: &mut (u64, Option<u64>),
        moved: u64,
        total: Option<u64>,
    ) -> ControlFlow<()> {
        *last = (moved, total);
        match !self.transfer.watched || self.transfer.progress(moved, total, false) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }

    /// Reports the last progress of a transfer that succeeded. The pace of reports may have left it out.
    fn finish(&self, (moved, total): (u64, Option<u64>), good: bool) {
        if self.transfer.watched && good && moved > 0 {
            self.transfer.progress(moved, total, true);
        }
    }

    /// The error to report. A stream that broke off because its call was ended fails with a file error: the caller gets the
    /// error for a cancelled or closed call instead, which `again` makes by another call that sends nothing.
    fn as_cancelled(&self, error: Error, again: impl FnOnce() -> Option<Error>) -> Error {
        if error.kind() != ErrorKind::File || !self.transfer.is_ended() {
            return error;
        }
        let outcome = error.outcome();
        again().map_or(error, |ended| ended.with_outcome(outcome))
    }

    /// The deadline for a stream that does not move: the call's own, if it has one. The core cannot end this thread's wait for
    /// JavaScript.
    fn limit(&self) -> Option<Instant> {
        self.client.file_deadline(&self.options)
    }
}

fn answered(file: File) -> Answered {
    let facts = json!({
        "path": file.path.map(|path| path.to_string_lossy().into_owned()),
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
    });
    let facts = Json::of(&facts.to_string());
    match file.content {
        Some(bytes) => Answered::Content(facts, bytes),
        None => Answered::Text(facts),
    }
}
