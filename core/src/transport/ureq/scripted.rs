//! Scripted connections: the answers of the server are known beforehand, and those that it sent are recorded.
//!
//! It is here and not in `testing`, because it is a transport of the HTTP library, which this folder alone imports.

use std::collections::VecDeque;
use std::fmt;
use std::io::ErrorKind as Io;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::buffers::GrowingBuffers;
use crate::system;
use crate::transport::call_context::CallContext;
use crate::transport::reuse_terms::ReuseTerms;

/// The answer to one request, and the way it is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) bytes: Vec<u8>,
    /// The connection is closed after the bytes. Otherwise it stays open and silent.
    pub(crate) closes: bool,
    /// The most bytes of one read.
    pub(crate) max_read: usize,
}

/// A server that answers by a script. A request after its end meets a closed connection.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<ScriptState>>);

/// The answers that are still to be sent, and those that were.
#[derive(Default)]
struct ScriptState {
    coming: VecDeque<Chunk>,
    sent: Vec<Chunk>,
}

impl Script {
    pub(crate) fn new(chunks: impl IntoIterator<Item = Chunk>) -> Script {
        Script(Arc::new(Mutex::new(ScriptState {
            coming: chunks.into_iter().collect(),
            sent: Vec::new(),
        })))
    }

    /// Reports whether all of the script was sent.
    pub(crate) fn is_over(&self) -> bool {
        self.with(|state| state.coming.is_empty())
    }

    /// Takes the chunks that were sent since the last call, one a request.
    pub(crate) fn take_sent(&self) -> Vec<Chunk> {
        self.with(|state| std::mem::take(&mut state.sent))
    }

    /// The answer to the next request.
    fn next_chunk(&self) -> Chunk {
        self.with(|state| {
            let chunk = state.coming.pop_front().unwrap_or(Chunk {
                closes: true,
                ..Chunk::default()
            });
            state.sent.push(chunk.clone());
            chunk
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut ScriptState) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl Connector for Script {
    type Out = ScriptedTransport;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<ScriptedTransport>, Error> {
        Ok(Some(ScriptedTransport {
            script: self.clone(),
            buffers: GrowingBuffers::default(),
            chunk: Chunk::default(),
            is_answered: false,
            is_taken: false,
            terms: Arc::default(),
        }))
    }
}

/// A connection to the scripted server.
pub(crate) struct ScriptedTransport {
    script: Script,
    buffers: GrowingBuffers,
    /// The rest of the answer that was not read yet.
    chunk: Chunk,
    is_answered: bool,
    is_taken: bool,
    terms: Arc<ReuseTerms>,
}

impl Transport for ScriptedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
        let context = CallContext::current();
        if !std::mem::replace(&mut self.is_taken, true) {
            self.terms.take();
            context.use_connection(&self.terms);
        }
        // As on a real connection the head is on its way from here on.
        context.take_authorization();
        if self.chunk.closes {
            return Err(Error::Io(Io::BrokenPipe.into()));
        }
        if !self.is_answered {
            self.is_answered = true;
            // The rest of an earlier answer stays before this one, as on a real connection.
            let rest = std::mem::take(&mut self.chunk.bytes);
            self.chunk = self.script.next_chunk();
            self.chunk.bytes.splice(..0, rest);
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.is_answered = false;
        let buffer = self.buffers.input_append_buf();
        let count = self.chunk.bytes.len().min(buffer.len());
        let count = count.min(self.chunk.max_read.max(1));
        if count == 0 && !self.chunk.closes {
            return Err(Error::Timeout(timeout.reason));
        }
        buffer[..count].copy_from_slice(&self.chunk.bytes[..count]);
        self.chunk.bytes.drain(..count);
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    /// Called like a socket's: when a call gives the connection back, and when the next one takes it.
    fn is_open(&mut self) -> bool {
        if self.is_taken {
            self.is_taken = false;
            self.buffers.release();
            let now = system::now();
            self.terms.give_back(now);
            return self.terms.allow(now);
        }
        self.terms.allow(system::now()) && self.chunk.bytes.is_empty() && !self.chunk.closes
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScriptedTransport")
            .field(&self.chunk)
            .finish()
    }
}
