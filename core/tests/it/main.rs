//! The client over real sockets.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

mod answers;
mod common;
mod sandbox;
mod transport;
