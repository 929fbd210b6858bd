//! What the server saw: every byte, every connection, and when.

use std::time::Instant;

use penbox_conformance::http::Request;

/// Everything that came in.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The connections, in order.
    pub connections: Vec<Connection>,
    /// The whole requests, in order.
    pub requests: Vec<Heard>,
    /// What went wrong in the server itself.
    pub faults: Vec<String>,
}

/// One connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// When it was accepted.
    pub at: Instant,
    /// What came over it.
    pub bytes: Vec<u8>,
    /// Whether the server has ended it.
    pub ended: bool,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Heard {
    /// When it was read whole.
    pub at: Instant,
    /// The number of its connection, from 0.
    pub connection: usize,
    /// What it says.
    pub request: Request,
}

/// A place in a record, to tell what came after it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mark {
    /// Connections so far.
    pub connections: usize,
    /// Requests so far.
    pub requests: usize,
}

impl Record {
    /// How far it is.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            connections: self.connections.len(),
            requests: self.requests.len(),
        }
    }
}
