//! The caller's functions that a file passes through, adapted to the core's readers, writers and progress functions.

#![expect(unsafe_code, reason = "functions and memory of C")]

use std::ffi::c_void;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use penbox_core::bindings::AwaitWrite;

/// A function that reads the next bytes of an upload. It writes at most `size` bytes to `buffer` and returns their
/// number; 0 is the end of the file. A negative number, or one above `size`, ends the call with `PENBOX_ERROR_FILE`.
/// `user` is the pointer that was passed to the call. `buffer` is valid until the function returns.
///
/// Every callback runs on the thread of the call, before the call returns. It may neither throw nor `longjmp`.
///
/// While a callback waits, nothing can end the call: after its time limit, a cancel or the client's end, the connection
/// is closed on time, and the call returns when the callback does. A file's path that is a pipe is waited for by the
/// library itself, which a limit or a cancel ends within 250 ms.
pub type ReadCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut u8, size: usize) -> i64>;

/// A function that moves the position from which `penbox_read_callback` reads, as `lseek` does. The new position is
/// `offset` bytes from the beginning (`whence` is 0, `SEEK_SET`), from the present position (1, `SEEK_CUR`) or from the
/// end (2, `SEEK_END`). It returns the new position in bytes from the beginning, or a negative number if it cannot
/// seek. The rules of `penbox_read_callback` hold.
pub type SeekCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, offset: i64, whence: i32) -> i64>;

/// A function that stores the next `size` bytes of a download, all of them. It returns true if it stored them; false
/// ends the call with `PENBOX_ERROR_FILE`. `bytes` is valid until the function returns, and NULL only after
/// `penbox_options_set_restarts`. The rules of `penbox_read_callback` hold.
pub type WriteCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, bytes: *const u8, size: usize) -> bool>;

/// A function that is called with the number of bytes moved so far, and with the size of the whole file where it is
/// known. It may cancel the call.
///
/// `total` is -1 for a size that is not known. It returns true to go on; false ends the call with
/// `PENBOX_ERROR_CANCELLED`. The rules of `penbox_read_callback` hold.
pub type ProgressCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, moved: u64, total: i64) -> bool>;

/// The `user` pointer of a call. Its callbacks receive it unchanged.
#[derive(Clone, Copy)]
pub(crate) struct User(pub(crate) *mut c_void);

// SAFETY: the core requires `Send` for callers in Rust, but runs readers, writers and progress functions on the thread
// of the call. Nothing here dereferences the pointer.
unsafe impl Send for User {}

/// The progress function of a call with its `user` pointer.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    pub(crate) progress: ProgressCallback,
    pub(crate) user: User,
}

impl Watch {
    /// Returns the progress function for the core, or `None` if the call has none.
    ///
    /// # Safety
    /// The callback keeps the rules of `ReadCallback`, and takes this `user`.
    pub(crate) unsafe fn function(
        self,
    ) -> Option<impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send> {
        let Watch { progress, user } = self;
        let progress = progress?;
        Some(move |moved: u64, total: Option<u64>| {
            // The block moves `User` into the closure as a whole: the bare pointer alone would not be `Send`.
            let User(user) = { user };
            // A size beyond i64 becomes the largest one, for a negative number means that the size is not known.
            let total = total.map_or(-1, |total| i64::try_from(total).unwrap_or(i64::MAX));
            // SAFETY: the caller of `function` promised it.
            match unsafe { progress(user, moved, total) } {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })
    }
}

/// A reader that calls a function of C. It cannot be rewound.
pub(crate) struct CallbackReader {
    read: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
    user: User,
}

impl CallbackReader {
    /// Makes a reader. Calls nothing yet.
    ///
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
        // C is not called for an empty buffer: its pointer leads nowhere, and a result of 0 would mean the end of the
        // file.
        if buffer.is_empty() {
            return Ok(0);
        }
        // SAFETY: the caller of `new` promised it; the buffer has that many bytes.
        let count = unsafe { (self.read)(self.user.0, buffer.as_mut_ptr(), buffer.len()) };
        match usize::try_from(count) {
            // A reader of Rust never returns more than it had room for, and the core relies on that. C may get it
            // wrong.
            Ok(count) if count <= buffer.len() => Ok(count),
            Ok(_) => Err(io::Error::other(
                "the read callback returned more bytes than it had room for",
            )),
            Err(_) => Err(io::Error::other("the read callback failed")),
        }
    }
}

/// A reader that calls functions of C and can be rewound.
pub(crate) struct CallbackSource {
    reader: CallbackReader,
    seek: unsafe extern "C" fn(*mut c_void, i64, i32) -> i64,
}

impl CallbackSource {
    /// Makes a source of a reader. Calls nothing yet.
    ///
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
        // 0, 1 and 2 are SEEK_SET, SEEK_CUR and SEEK_END on every platform that the library supports.
        let (offset, whence) = match to {
            SeekFrom::Start(offset) => (i64::try_from(offset).map_err(io::Error::other)?, 0),
            SeekFrom::Current(offset) => (offset, 1),
            SeekFrom::End(offset) => (offset, 2),
        };
        // SAFETY: the callers of both `new` promised it.
        let position = unsafe { (self.seek)(self.reader.user.0, offset, whence) };
        u64::try_from(position).map_err(|_| io::Error::other("the seek callback failed"))
    }
}

/// A writer that calls a function of C.
pub(crate) struct CallbackWriter {
    write: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> bool,
    user: User,
    /// The function forgets what it has when it is called without bytes.
    restarts: bool,
}

impl CallbackWriter {
    /// Makes a writer. Calls nothing yet.
    ///
    /// # Safety
    /// `write` keeps the rules of `WriteCallback`, and takes this `user`.
    pub(crate) unsafe fn new(
        write: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> bool,
        user: User,
        restarts: bool,
    ) -> CallbackWriter {
        CallbackWriter {
            write,
            user,
            restarts,
        }
    }
}

impl AwaitWrite for CallbackWriter {
    fn await_write(&mut self, _: Duration) -> io::Result<bool> {
        // The function blocks as long as it likes.
        Ok(true)
    }

    fn most(&self) -> usize {
        usize::MAX
    }

    fn restart(&mut self) -> bool {
        // SAFETY: the caller of `new` promised it; the option says that the function takes NULL.
        self.restarts && unsafe { (self.write)(self.user.0, std::ptr::null(), 0) }
    }
}

impl Write for CallbackWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // C is not called for an empty slice, whose pointer leads nowhere.
        // SAFETY: the caller of `new` promised it; these are that many bytes.
        match bytes.is_empty() || unsafe { (self.write)(self.user.0, bytes.as_ptr(), bytes.len()) }
        {
            true => Ok(bytes.len()),
            false => Err(io::Error::other("the write callback failed")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // The callback has stored the bytes before it returns.
        Ok(())
    }
}
