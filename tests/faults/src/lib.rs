//! The fault matrix: what a network, a server or a system can do to a call, put before the SDK of every language.
//!
//! A case file names a fault, the script of a server that causes it, and what must come of a GET and of a POST. The
//! runner plays the server byte by byte, has a testee of the conformance runner make the call, and checks that the
//! fault was survived. `README.md` describes the cases.

pub mod args;
pub mod bytes;
pub mod call;
pub mod combination;
pub mod expect;
pub mod fault;
pub mod healthy;
pub mod job;
pub mod judge;
pub mod lane;
pub mod listen;
pub mod own;
pub mod plan;
pub mod play;
pub mod preload;
pub mod process;
pub mod record;
pub mod report;
pub mod run;
pub mod scene;
pub mod second;
pub mod server;
pub mod step;
pub mod tls;
pub mod variant;
pub mod vars;
pub mod warm_up;
