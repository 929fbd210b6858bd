//! The sandbox over real sockets: every rule it claims, asserted on the wire.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

mod receiver;
mod support;
mod verified;

mod answer;
mod auth;
mod bin;
mod bin_files;
mod brackets;
mod case_changes;
mod case_filters;
mod cases;
mod clock;
mod control;
mod count;
mod create;
mod deprecated;
mod downloads;
mod faults;
mod filters;
mod intelligence;
mod lifecycle;
mod listing;
mod log;
mod merged;
mod patch;
mod planting;
mod rate;
mod responses;
mod templates;
mod uploads;
mod webhooks;
