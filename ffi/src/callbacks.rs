//! Functions of the caller's that a file passes through, as reader, writer and progress of the core.

#![expect(unsafe_code, reason = "functions and memory of C")]

use std::ffi::c_void;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;

/// Gives the next bytes of an upload: up to `size` of them into `buffer`, and returns how many; 0 at the end, a negative number
/// if it failed, which ends the call with `PENBOX_ERROR_FILE`. `user` is what the call was given.
///
/// Like every callback it is called by the calling thread, before the call returns, and may neither throw nor `longjmp`.
pub type ReadCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut u8, size: usize) -> i64>;

/// Moves to another place of what `penbox_read_callback` reads, as `lseek` does: to `offset` from the beginning (`whence` is 0,
/// `SEEK_SET`), from where it stands (1, `SEEK_CUR`) or from the end (2, `SEEK_END`), and returns where that is, in bytes from the
/// beginning; a negative number if it cannot. Rules as for `penbox_read_callback`.
pub type SeekCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, offset: i64, whence: i32) -> i64>;

/// Takes the next `size` bytes of a download, all of them, and returns whether it could; false ends the call with
/// `PENBOX_ERROR_FILE`. Rules as for `penbox_read_callback`.
pub type WriteCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, bytes: *const u8, size: usize) -> bool>;

/// Told of the bytes of the file that were moved so far, and of all there are, or -1 where that is not known. Returns whether to
/// go on; false ends the call with `PENBOX_ERROR_CANCELLED`. Rules as for `penbox_read_callback`.
pub type ProgressCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, moved: u64, total: i64) -> bool>;

/// A pointer that C gets back as it gave it.
#[derive(Clone, Copy)]
pub(crate) struct User(pub(crate) *mut c_void);

// SAFETY: the core asks for `Send` for the sake of callers in Rust, and calls readers, writers and progress on the thread
// of the call; here nothing else touches the pointer.
unsafe impl Send for User {}

/// Who watches a file pass.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    pub(crate) progress: ProgressCallback,
    pub(crate) user: User,
}

impl Watch {
    /// What the core calls, if there is anything to call.
    ///
    /// # Safety
    /// The callback keeps the rules of `ReadCallback`, and takes this `user`.
    pub(crate) unsafe fn function(
        self,
    ) -> Option<impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send> {
        let Watch { progress, user } = self;
        let progress = progress?;
        Some(move |moved: u64, total: Option<u64>| {
            let User(user) = { user };
            let total = total.map_or(-1, |total| i64::try_from(total).unwrap_or(i64::MAX));
            // SAFETY: the promise that the watch was made with.
            match unsafe { progress(user, moved, total) } {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })
    }
}

/// A reader that asks C.
pub(crate) struct CallbackReader {
    read: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
    user: User,
}

impl CallbackReader {
    /// # Safety
    /// `read` keeps the rules of `ReadCallback`, and takes this `user`.
    pub(crate) unsafe fn new(
        read: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
        user: User,
    ) -> CallbackReader {
        CallbackReader { read, user }
    }
}

impl Read for CallbackReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // SAFETY: the promise that the reader was made with; the buffer has that many bytes.
        let count = unsafe { (self.read)(self.user.0, buffer.as_mut_ptr(), buffer.len()) };
        match usize::try_from(count) {
            Ok(count) if count <= buffer.len() => Ok(count),
            Ok(_) => Err(io::Error::other(
                "the read callback returned more bytes than it had room for",
            )),
            Err(_) => Err(io::Error::other("the read callback failed")),
        }
    }
}

/// A reader that asks C, and can be brought back.
pub(crate) struct CallbackSource {
    reader: CallbackReader,
    seek: unsafe extern "C" fn(*mut c_void, i64, i32) -> i64,
}

impl CallbackSource {
    /// # Safety
    /// `seek` keeps the rules of `SeekCallback`, and takes the `user` of this reader.
    pub(crate) unsafe fn new(
        reader: CallbackReader,
        seek: unsafe extern "C" fn(*mut c_void, i64, i32) -> i64,
    ) -> CallbackSource {
        CallbackSource { reader, seek }
    }
}

impl Read for CallbackSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl Seek for CallbackSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // The numbers of SEEK_SET, SEEK_CUR and SEEK_END, which are the same wherever C is spoken.
        let (offset, whence) = match to {
            SeekFrom::Start(offset) => (i64::try_from(offset).map_err(io::Error::other)?, 0),
            SeekFrom::Current(offset) => (offset, 1),
            SeekFrom::End(offset) => (offset, 2),
        };
        // SAFETY: the promise that the source was made with.
        let place = unsafe { (self.seek)(self.reader.user.0, offset, whence) };
        u64::try_from(place).map_err(|_| io::Error::other("the seek callback failed"))
    }
}

/// A writer that tells C.
pub(crate) struct CallbackWriter {
    write: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> bool,
    user: User,
}

impl CallbackWriter {
    /// # Safety
    /// `write` keeps the rules of `WriteCallback`, and takes this `user`.
    pub(crate) unsafe fn new(
        write: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> bool,
        user: User,
    ) -> CallbackWriter {
        CallbackWriter { write, user }
    }
}

impl Write for CallbackWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: the promise that the writer was made with; these are that many bytes.
        match bytes.is_empty() || unsafe { (self.write)(self.user.0, bytes.as_ptr(), bytes.len()) }
        {
            true => Ok(bytes.len()),
            false => Err(io::Error::other("the write callback failed")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
