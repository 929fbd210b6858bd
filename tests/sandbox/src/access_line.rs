use std::io::{Write, stderr};
use std::time::Instant;

use axum::http::Method;

use crate::app::App;
use crate::clock::stamp;

/// The line on stderr for one request. It has no query, which may name a contact, and no token.
pub(crate) struct AccessLine {
    at: String,
    begun: Instant,
    method: Method,
    path: String,
    /// Cut off without an answer, unless a status is written.
    is_written: bool,
}

impl AccessLine {
    pub(crate) fn new(app: &App, method: Method, path: String) -> Self {
        Self {
            at: stamp(app.now()),
            begun: Instant::now(),
            method,
            path,
            is_written: false,
        }
    }

    pub(crate) fn write(mut self, status: u16) {
        self.put(&status.to_string());
    }

    fn put(&mut self, end: &str) {
        self.is_written = true;
        let (at, method, path) = (&self.at, &self.method, &self.path);
        let took = self.begun.elapsed().as_millis();
        // One write, so that lines of several requests do not mix. A closed stderr is nobody's loss.
        let line = format!("{at} {method} {path} {end} {took} ms\n");
        let _ = stderr().write_all(line.as_bytes());
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        if !self.is_written {
            self.put("-");
        }
    }
}
