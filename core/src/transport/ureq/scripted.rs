//! Connections that are made up: what the server says is known beforehand, and what it was asked is kept.
//!
//! It stands here and not in `testing`, because it is a transport of the HTTP library, which this folder alone imports.

use std::collections::VecDeque;
use std::fmt;
use std::io::ErrorKind as Io;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::buffers::GrowingBuffers;
use crate::transport::call_context::CallContext;

/// What is said to one request, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) bytes: Vec<u8>,
    /// Whether the connection is closed after it; else there is silence.
    pub(crate) closes: bool,
    /// The most bytes that come at once.
    pub(crate) bite: usize,
}

/// A server by its script. What is asked beyond it meets a closed connection.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Play>>);

#[derive(Default)]
struct Play {
    coming: VecDeque<Chunk>,
    said: Vec<Chunk>,
}

impl Script {
    pub(crate) fn new(pieces: impl IntoIterator<Item = Chunk>) -> Script {
        Script(Arc::new(Mutex::new(Play {
            coming: pieces.into_iter().collect(),
            said: Vec::new(),
        })))
    }

    /// Whether all of it was said.
    pub(crate) fn is_over(&self) -> bool {
        self.with(|play| play.coming.is_empty())
    }

    /// What was said since this was asked, a piece a request.
    pub(crate) fn take_said(&self) -> Vec<Chunk> {
        self.with(|play| std::mem::take(&mut play.said))
    }

    fn asked(&self) -> Chunk {
        self.with(|play| {
            let piece = play.coming.pop_front().unwrap_or(Chunk {
                closes: true,
                ..Chunk::default()
            });
            play.said.push(piece.clone());
            piece
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Play) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl Connector for Script {
    type Out = Line;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Line>, Error> {
        Ok(Some(Line {
            script: self.clone(),
            room: GrowingBuffers::default(),
            piece: Chunk::default(),
            is_asked: false,
            is_taken: false,
        }))
    }
}

/// One connection.
pub(crate) struct Line {
    script: Script,
    room: GrowingBuffers,
    /// What of the answer is still to come.
    piece: Chunk,
    is_asked: bool,
    is_taken: bool,
}

impl Transport for Line {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.room
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
        self.is_taken = true;
        if self.piece.closes {
            return Err(Error::Io(Io::BrokenPipe.into()));
        }
        if !self.is_asked {
            self.is_asked = true;
            // Whatever of an earlier answer was left stays before this one, as on a real connection.
            let rest = std::mem::take(&mut self.piece.bytes);
            self.piece = self.script.asked();
            self.piece.bytes.splice(..0, rest);
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.is_asked = false;
        let buffer = self.room.input_append_buf();
        let count = self.piece.bytes.len().min(buffer.len());
        let count = count.min(self.piece.bite.max(1));
        if count == 0 && !self.piece.closes {
            return Err(Error::Timeout(timeout.reason));
        }
        buffer[..count].copy_from_slice(&self.piece.bytes[..count]);
        self.piece.bytes.drain(..count);
        self.room.input_appended(count);
        Ok(count > 0)
    }

    /// As a socket is asked: when a call gives it back, and when the next one takes it.
    fn is_open(&mut self) -> bool {
        if self.is_taken {
            self.is_taken = false;
            self.room.release();
            return !CallContext::current().take_spoiled();
        }
        self.piece.bytes.is_empty() && !self.piece.closes
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Line").field(&self.piece).finish()
    }
}
