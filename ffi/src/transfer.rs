//! The common part of the functions of all operations that move a file.

#![expect(unsafe_code, reason = "text, memory and functions of C")]

use std::ffi::c_char;
use std::sync::Arc;

use penbox_core::bindings::{Document, ResponseInfo};
use penbox_core::{Download, Error as CoreError, File, Result, Upload};

use crate::callbacks::{
    CallbackReader, CallbackSource, CallbackWriter, ReadCallback, SeekCallback, Watch,
    WriteCallback,
};
use crate::client::Client;
use crate::error::Error;
use crate::guard::Out;
use crate::operation;
use crate::options::Options;
use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// An operation with the arguments that all operations take.
pub(crate) struct Call<'a> {
    pub(crate) id: &'static str,
    pub(crate) client: Option<&'a Client>,
    pub(crate) params: Option<&'a Params>,
    pub(crate) options: Option<&'a Options>,
}

/// Sends the file at a path.
///
/// # Safety
/// `path` is NULL or a C string; the callback keeps the rules of its type.
pub(crate) unsafe fn upload_file(
    call: &Call<'_>,
    path: *const c_char,
    watch: Watch,
    out: Out<'_, Value>,
    err: Out<'_, Error>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller's promise is this function's own.
        let path = unsafe { input::text(path, "path") }?;
        // SAFETY: as above.
        unsafe { upload(call, Upload::path(path), watch) }
    })
}

/// Sends the bytes that a function reads. `size` is their number, or negative if it is not known.
///
/// # Safety
/// The callbacks keep the rules of their types.
pub(crate) unsafe fn upload_reader(
    call: &Call<'_>,
    read: ReadCallback,
    size: i64,
    watch: Watch,
    out: Out<'_, Value>,
    err: Out<'_, Error>,
) -> Status {
    guard::make(out, err, || {
        let read = input::handle(read, "read")?;
        // SAFETY: the caller's promise is this function's own.
        let reader = unsafe { CallbackReader::new(read, watch.user) };
        // The file's name is a parameter of the operation. Without that parameter the core reports the empty name, as
        // it should.
        let source = Upload::reader(reader, u64::try_from(size).ok(), "");
        // SAFETY: as above.
        unsafe { upload(call, source, watch) }
    })
}

/// Sends the bytes that a function reads, from its present position to its end. Another function rewinds it for each
/// attempt.
///
/// # Safety
/// The callbacks keep the rules of their types.
pub(crate) unsafe fn upload_seekable(
    call: &Call<'_>,
    read: ReadCallback,
    seek: SeekCallback,
    watch: Watch,
    out: Out<'_, Value>,
    err: Out<'_, Error>,
) -> Status {
    guard::make(out, err, || {
        let read = input::handle(read, "read")?;
        let seek = input::handle(seek, "seek")?;
        // SAFETY: the caller's promise is this function's own.
        let source = unsafe { CallbackSource::new(CallbackReader::new(read, watch.user), seek) };
        // SAFETY: as above. The name is empty for the reason that `upload_reader` gives.
        unsafe { upload(call, Upload::seekable(source, ""), watch) }
    })
}

/// Sends bytes without a copy of them.
///
/// # Safety
/// `bytes` is NULL or leads to `size` bytes that do not change meanwhile; the callback keeps the rules of its type.
pub(crate) unsafe fn upload_bytes(
    call: &Call<'_>,
    bytes: *const u8,
    size: usize,
    watch: Watch,
    out: Out<'_, Value>,
    err: Out<'_, Error>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller's promise is this function's own.
        let bytes = unsafe { input::bytes(bytes, size, "bytes") }?;
        let source = Upload::bytes(bytes, "");
        // SAFETY: as above.
        unsafe { upload(call, source, watch) }
    })
}

/// Downloads a file to a path.
///
/// # Safety
/// `path` is NULL or a C string; the callback keeps the rules of its type.
pub(crate) unsafe fn download_file(
    call: &Call<'_>,
    path: *const c_char,
    overwrite: bool,
    watch: Watch,
    out: Out<'_, Value>,
    err: Out<'_, Error>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller's promise is this function's own.
        let path = unsafe { input::text(path, "path") }?;
        // SAFETY: as above.
        unsafe { download(call, Download::to(path).overwrite(overwrite), watch) }
    })
}

/// Downloads a file and passes its bytes to a function.
///
/// # Safety
/// The callbacks keep the rules of their types.
pub(crate) unsafe fn download_writer(
    call: &Call<'_>,
    write: WriteCallback,
    watch: Watch,
    out: Out<'_, Value>,
    err: Out<'_, Error>,
) -> Status {
    guard::make(out, err, || {
        let write = input::handle(write, "write")?;
        let restarts = call.options.is_some_and(Options::restarts);
        // SAFETY: the caller's promise is this function's own.
        let writer = unsafe { CallbackWriter::new(write, watch.user, restarts) };
        // SAFETY: as above.
        unsafe { download(call, Download::awaited(writer), watch) }
    })
}

/// Sends a file by an operation, and returns the answer.
///
/// # Safety
/// The callback of `watch` keeps the rules of its type.
unsafe fn upload(call: &Call<'_>, mut source: Upload<'_>, watch: Watch) -> Result<Value> {
    let client = operation::client_for_call(call.client)?;
    // SAFETY: the caller's promise is this function's own.
    if let Some(progress) = unsafe { watch.function() } {
        source = source.on_progress(progress);
    }
    let params = operation::params_json(call.params);
    let options =
        operation::call_options(call.options).map_err(|error| client.placed(call.id, error))?;
    let answer = client.upload(call.id, &params, source, &options)?;
    Ok(Value::of_answer(answer))
}

/// Downloads a file by an operation, and returns the description of the file.
///
/// # Safety
/// As for [`upload`].
unsafe fn download(call: &Call<'_>, mut to: Download<'_>, watch: Watch) -> Result<Value> {
    let client = operation::client_for_call(call.client)?;
    // SAFETY: the caller's promise is this function's own.
    if let Some(progress) = unsafe { watch.function() } {
        to = to.on_progress(progress);
    }
    let params = operation::params_json(call.params);
    let options =
        operation::call_options(call.options).map_err(|error| client.placed(call.id, error))?;
    let file = client.download(call.id, &params, to, &options)?;
    description(&file, options.recorded())
}

/// Makes a value that describes a downloaded file. Its members are those of the other languages' `File`.
fn description(file: &File, info: Option<ResponseInfo>) -> Result<Value> {
    // A path that is not UTF-8 is shown approximately, for all texts of this library are UTF-8.
    let members = serde_json::json!({
        "path": file.path.as_ref().map(|path| path.to_string_lossy()),
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
    });
    let document = Document::parse(members.to_string())
        .map_err(|_| CoreError::internal("a file could not be described"))?;
    Ok(Value::new(document, 0, info.map(Arc::new)))
}
