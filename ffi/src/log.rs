//! The log: the lines of the library, given to a function of the program.
//!
//! The `log` facade has one logger a process, so the function belongs to the process, too, and not to a client.

#![expect(unsafe_code, reason = "functions and pointers of C")]

use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use log::{Level, LevelFilter, Log, Metadata, Record};
use penbox_core::Error as CoreError;

use crate::status::Status;
use crate::{guard, input};

/// The level of a line: one of `PENBOX_LOG_*`. It is a number, not the enumeration, whose size compilers choose.
pub type LogLevel = i32;

/// The values of `penbox_log_level`. A level has the lines of those before it, too.
#[repr(C)]
#[expect(
    non_camel_case_types,
    reason = "the names of C are written out, as cbindgen takes them"
)]
pub enum LogLevelCode {
    /// No line.
    PENBOX_LOG_OFF = 0,
    /// Hooks that failed.
    PENBOX_LOG_ERROR = 1,
    /// Unusual use, deprecated operations, answers of another shape than documented.
    PENBOX_LOG_WARN = 2,
    /// A line an attempt: method, path template, status or cause, time and number.
    PENBOX_LOG_INFO = 3,
    /// Bytes, request ids, outcomes and waits of each attempt.
    PENBOX_LOG_DEBUG = 4,
}

/// A function that takes the library's lines. `line` is UTF-8 without a line break at its end, and is valid until the
/// function returns. No line has the token, and none a value of a request or an answer.
///
/// It runs on the thread that has something to say: one that calls the library, or one of the library's own. Several
/// may run it at once. The library holds no lock meanwhile. It may call the library: the lines of such a call are not
/// logged, or it would call itself without an end. It may neither throw nor `longjmp`.
pub type LogCallback =
    Option<unsafe extern "C" fn(user: *mut c_void, level: LogLevel, line: *const c_char)>;

/// A function that takes lines, with its `user` pointer.
struct Sink {
    callback: unsafe extern "C" fn(*mut c_void, LogLevel, *const c_char),
    user: *mut c_void,
    /// The sink before this one. It keeps that one reachable for those who look for leaks.
    _before: *const Sink,
}

/// The present sink. Sinks are never freed: another thread may be about to call one that was replaced, and a lock or a
/// count that would tell could be held by another thread of the parent of a forked child for ever.
static SINK: AtomicPtr<Sink> = AtomicPtr::new(std::ptr::null_mut());

thread_local! {
    /// The function runs on this thread.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// The target of the SDK's records. Those of the libraries beneath are not passed on.
const TARGET: &str = "penbox";

struct Logger;

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && metadata.level() <= log::max_level() && !IS_INSIDE.get()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        // SAFETY: a sink that was stored is never freed.
        let Some(sink) = (unsafe { SINK.load(Ordering::Acquire).as_ref() }) else {
            return;
        };
        let mut line = record.args().to_string().replace('\0', "\u{fffd}");
        line.push('\0');
        IS_INSIDE.set(true);
        // SAFETY: the setter's caller promised that the function takes this pointer; the line ends with a NUL.
        unsafe { (sink.callback)(sink.user, code(record.level()), line.as_ptr().cast()) };
        IS_INSIDE.set(false);
    }

    fn flush(&self) {}
}

/// Gives the lines of the library from here on to a function, for all clients of the process. `level` is the last level
/// that it gets. A later call replaces the function and the level; `PENBOX_LOG_OFF` ends the log, with a NULL `callback`
/// or any. Without a call of this function nothing is logged.
///
/// `user` is passed to the function. Both must stay valid to the end of the process, also when they were replaced:
/// another thread may be about to call them. So set it once, at the start. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for
/// an unknown level, and for a NULL `callback` with a level.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_log_set(
    level: LogLevel,
    callback: LogCallback,
    user: *mut c_void,
) -> Status {
    guard::set(|| {
        let filter = match level {
            0 => LevelFilter::Off,
            1 => LevelFilter::Error,
            2 => LevelFilter::Warn,
            3 => LevelFilter::Info,
            4 => LevelFilter::Debug,
            _ => return Err(CoreError::invalid_argument("level is not a PENBOX_LOG_*")),
        };
        if filter == LevelFilter::Off {
            log::set_max_level(filter);
            return Ok(());
        }
        let callback = input::handle(callback, "callback")?;
        // Fails from the second time on, where the logger is there already.
        let _ = log::set_logger(&Logger);
        let sink = Box::into_raw(Box::new(Sink {
            callback,
            user,
            _before: SINK.load(Ordering::Acquire),
        }));
        SINK.store(sink, Ordering::Release);
        log::set_max_level(filter);
        Ok(())
    })
}

/// Returns a level's number in C.
fn code(level: Level) -> LogLevel {
    let code = match level {
        Level::Error => LogLevelCode::PENBOX_LOG_ERROR,
        Level::Warn => LogLevelCode::PENBOX_LOG_WARN,
        Level::Info => LogLevelCode::PENBOX_LOG_INFO,
        Level::Debug | Level::Trace => LogLevelCode::PENBOX_LOG_DEBUG,
    };
    code as LogLevel
}
