//! A download that receives bytes, and puts them where the caller wants them.

use std::io;
use std::ops::ControlFlow;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::download::{Download, File, Target};
use super::file_error::{self, file_error};
use super::memory_limit::MemoryLimit;
use super::stall::{AwaitWrite, StallLimits, late};
use super::target_file::TargetFile;
use super::upload::Progress;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::memory;
use crate::system;

impl<'a> Download<'a> {
    /// Checks the target, so that an error of a path is found before anything is sent. At most `most` bytes come into memory. With
    /// `into_memory` a writer keeps them there.
    pub(crate) fn sink(self, most: u64, into_memory: bool) -> Result<Sink<'a>> {
        let output = match self.target {
            Target::Memory => Output::Memory(Vec::new()),
            Target::Writer(writer) => Output::Writer(writer),
            Target::Path(path) => Output::File(TargetFile::new(path, self.overwrite)?),
        };
        let is_limited = match output {
            Output::Memory(_) => true,
            Output::Writer(_) => into_memory,
            _ => false,
        };
        Ok(Sink {
            output,
            limit: is_limited.then(|| MemoryLimit::new(most)),
            progress: self.progress,
            hash: Sha256::new(),
            size: 0,
            limits: StallLimits::default(),
            late_since: None,
        })
    }
}

/// A download that receives bytes. It leaves no file if it is dropped before its end.
pub(crate) struct Sink<'a> {
    output: Output<'a>,
    /// The limit of an output in memory.
    limit: Option<MemoryLimit>,
    progress: Option<Progress<'a>>,
    /// The hash of the bytes so far.
    hash: Sha256,
    size: u64,
    /// The limits of the call that writes to it.
    limits: StallLimits,
    /// The time at which a piece was first taken after the end of the call's time.
    late_since: Option<Instant>,
}

/// The place for the bytes.
enum Output<'a> {
    Memory(Vec<u8>),
    Writer(Box<dyn AwaitWrite + 'a>),
    File(TargetFile),
    /// The download has ended, and its output was passed on.
    Ended,
}

impl Sink<'_> {
    /// Sets the limits of the call, which end the waits for a writer.
    pub(crate) fn limit(&mut self, limits: StallLimits) {
        self.limits = limits;
    }

    /// Opens the file of a path, for an attempt. Any other target is open.
    pub(crate) fn open(&mut self) -> Result<()> {
        match &mut self.output {
            Output::File(file) => file.open(),
            _ => Ok(()),
        }
    }

    /// Makes ready for a file of this size, where it is known. Nothing of it was read yet.
    pub(crate) fn expect(&mut self, total: Option<u64>) -> Result<()> {
        let (Some(limit), Some(total)) = (self.limit, total) else {
            return Ok(());
        };
        limit.check_declared(total)?;
        match &mut self.output {
            Output::Memory(bytes) => {
                let room = usize::try_from(total).unwrap_or(usize::MAX);
                memory::reserve(bytes, room)
            }
            _ => Ok(()),
        }
    }

    /// Writes the next bytes. `total` is the size of the whole file, where it is known.
    pub(crate) fn take(&mut self, bytes: &[u8], total: Option<u64>) -> Result<()> {
        if let Some(limit) = self.limit {
            limit.check_received(self.size + bytes.len() as u64)?;
        }
        let began = system::now();
        let written = match &mut self.output {
            Output::Memory(content) => {
                memory::grow(content, bytes.len())?;
                content.extend_from_slice(bytes);
                Ok(())
            }
            Output::Writer(writer) => self.limits.write_all(&mut **writer, bytes),
            Output::File(file) => file.write(bytes),
            Output::Ended => Err(io::Error::other("the download had ended")),
        };
        written.map_err(|error| self.failed(error))?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        let progress = self.progress.as_mut();
        let flow = progress.map(|progress| progress(self.size, total));
        self.limits.check_process()?;
        match flow {
            Some(ControlFlow::Break(())) => {
                let message = "the download was cancelled by its progress callback";
                Err(Error::new(ErrorKind::Cancelled, message).with_outcome(Outcome::Done))
            }
            _ if total == Some(self.size) => Ok(()),
            _ => self
                .limits
                .check_piece(began, &mut self.late_since)
                .map_err(not_written),
        }
    }

    /// The number of bytes that were received.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Removes all bytes, for another attempt. Returns false where that is impossible: a writer keeps the bytes that it was given.
    pub(crate) fn rewind(&mut self) -> bool {
        let emptied = match &mut self.output {
            Output::Memory(content) => {
                content.clear();
                true
            }
            // Most writers cannot take bytes back.
            Output::Writer(writer) => self.size == 0 || writer.restart(),
            Output::File(file) => {
                file.close();
                true
            }
            Output::Ended => false,
        };
        self.hash = Sha256::new();
        self.size = 0;
        emptied
    }

    /// Ends the download and puts the file at its path. `fallback` is its name in a folder where the server gave none.
    pub(crate) fn finish(
        &mut self,
        name: Option<String>,
        content_type: Option<String>,
        fallback: &str,
    ) -> Result<File> {
        let sha256 = std::mem::take(&mut self.hash)
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut file = File {
            path: None,
            content: None,
            name,
            content_type,
            size: self.size,
            sha256,
        };
        match std::mem::replace(&mut self.output, Output::Ended) {
            Output::Ended => return Err(Error::internal("the download had ended")),
            Output::Memory(content) => file.content = Some(content),
            // A writer may still hold bytes back, and an error of its drop would be lost.
            Output::Writer(mut writer) => writer.flush().map_err(not_written)?,
            Output::File(target) => {
                file.path = Some(target.finish(file.name.as_deref(), fallback)?);
            }
        }
        Ok(file)
    }

    /// The error of bytes that could not be written.
    fn failed(&self, error: io::Error) -> Error {
        match &self.output {
            Output::File(file) => {
                file_error(file.path(), "cannot be written", error).with_outcome(Outcome::Done)
            }
            _ => not_written(error),
        }
    }
}

/// The error of a target that cannot be written. The server has sent the answer by then, so the outcome is done.
fn not_written(error: io::Error) -> Error {
    let reported = match error.kind() {
        io::ErrorKind::TimedOut => late(
            "the target did not take the download in time",
            "body",
            error,
        ),
        kind => {
            let message = format!("the download cannot be written: {error}");
            let reported = Error::new(ErrorKind::File, message);
            let reported = match file_error::room(kind) {
                Some(hint) => reported.with_hint(hint),
                None => reported,
            };
            reported.with_source(error)
        }
    };
    reported.with_outcome(Outcome::Done)
}
