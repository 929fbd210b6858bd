//! The conformance runner: one set of cases, put through the SDK of every language.
//!
//! A case names an operation, its parameters and the answers of a scripted server. The runner plays the server,
//! tells a *testee* (a small program in one of the languages) to make the call, and compares what crossed the wire
//! and what came back with what the case expects. Nothing here knows the SDK: two readings of one contract.
//!
//! `README.md` describes the protocol and the format of a case.

pub mod args;
pub mod around;
pub mod case;
pub mod case_files;
pub mod check;
pub mod content;
pub mod convention;
pub mod coverage;
pub mod folder;
pub mod http;
pub mod json;
pub mod leak;
pub mod moved;
pub mod multipart;
pub mod report;
pub mod rows;
pub mod run;
pub mod script;
pub mod server;
pub mod spec;
pub mod testee;
pub mod token_file;
pub mod transfer;
pub mod vars;
pub mod verdict;
pub mod webhook;
