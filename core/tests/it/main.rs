//! The client over real sockets.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

mod answers;
mod common;
mod disk_full;
mod entry;
mod everything;
mod examples;
mod files;
mod lists;
mod retries;
mod sandbox;
mod transport;
