//! What the functions of all operations do that move a file.

#![expect(unsafe_code, reason = "text, memory and functions of C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::Document;
use penbox_core::{Download, Error as CoreError, File, Result, Upload};

use crate::callbacks::{
    CallbackReader, CallbackSource, CallbackWriter, ReadCallback, SeekCallback, Watch,
    WriteCallback,
};
use crate::client::Client;
use crate::error::Error;
use crate::operation;
use crate::options::Options;
use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

type Out<'a, T> = Option<&'a mut MaybeUninit<*mut T>>;

/// An operation and what every one of them takes.
pub(crate) struct Call<'a> {
    pub(crate) id: &'static str,
    pub(crate) client: Option<&'a Client>,
    pub(crate) params: Option<&'a Params>,
    pub(crate) options: Option<&'a Options>,
}

/// Sends a file that lies at a path.
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

/// Sends what a function gives.
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
        // The name is among the parameters; this one is refused, as a missing name has to be.
        let source = Upload::reader(reader, u64::try_from(size).ok(), "");
        // SAFETY: as above.
        unsafe { upload(call, source, watch) }
    })
}

/// Sends what a function gives, from where it stands, and brings it back where that is needed.
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
        // SAFETY: as above. The name is among the parameters, as for a reader.
        unsafe { upload(call, Upload::seekable(source, ""), watch) }
    })
}

/// Sends bytes, without a copy.
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

/// Fetches a file to a path.
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

/// Fetches a file for a function.
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
        // SAFETY: the caller's promise is this function's own.
        let writer = unsafe { CallbackWriter::new(write, watch.user) };
        // SAFETY: as above.
        unsafe { download(call, Download::writer(writer), watch) }
    })
}

/// # Safety
/// The callback of `watch` keeps the rules of its type.
unsafe fn upload(call: &Call<'_>, mut source: Upload<'_>, watch: Watch) -> Result<Value> {
    let client = operation::held(call.client)?;
    // SAFETY: the caller's promise is this function's own.
    if let Some(progress) = unsafe { watch.function() } {
        source = source.on_progress(progress);
    }
    let params = operation::text_of(call.params);
    let options =
        operation::call_options(call.options).map_err(|error| client.placed(call.id, error))?;
    let answer = client.upload(call.id, &params, source, &options)?;
    Ok(Value::of_answer(answer))
}

/// # Safety
/// As for [`upload`].
unsafe fn download(call: &Call<'_>, mut to: Download<'_>, watch: Watch) -> Result<Value> {
    let client = operation::held(call.client)?;
    // SAFETY: the caller's promise is this function's own.
    if let Some(progress) = unsafe { watch.function() } {
        to = to.on_progress(progress);
    }
    let params = operation::text_of(call.params);
    let options =
        operation::call_options(call.options).map_err(|error| client.placed(call.id, error))?;
    let file = client.download(call.id, &params, to, &options)?;
    described(&file)
}

/// What is known of a downloaded file, as a value.
fn described(file: &File) -> Result<Value> {
    let members = serde_json::json!({
        "path": file.path.as_ref().map(|path| path.to_string_lossy()),
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
    });
    let document = Document::parse(members.to_string())
        .map_err(|_| CoreError::internal("a file could not be described"))?;
    Ok(Value::new(document, 0, None))
}
