//! The sandbox over real sockets: every rule it claims, asserted on the wire.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

mod support;

mod auth;
mod bin;
mod brackets;
mod control;
mod create;
mod filters;
mod lifecycle;
mod listing;
mod log;
mod rate;
