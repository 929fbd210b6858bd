//! The transport: how bytes reach a server. The send path knows the trait `Transport` only, and only the folder `ureq` knows the
//! HTTP library, so that another library would change nothing else.

mod attempt_limit;
mod call_context;
mod echo;
mod error;
mod exchange;
#[cfg(test)]
pub(crate) mod fault_injection;
mod happy_eyeballs;
mod limits;
mod proxy_connect;
mod resolver;
mod reuse_terms;
mod system_roots;
mod tls_roots;
mod ureq;

use crate::config::Settings;

#[cfg(any(test, fuzzing))]
pub(crate) use crate::transport::ureq::scripted::{Chunk, Script};
pub(crate) use call_context::CallContext;
pub(crate) use error::{SendState, TransportError};
pub(crate) use exchange::{Body, Payload, Reply, Request, Transport};
pub(crate) use limits::Limits;

/// Opens the transport of a client.
pub(crate) fn open(settings: &Settings) -> Box<dyn Transport> {
    Box::new(self::ureq::Ureq::new(settings))
}

/// Opens a transport whose server answers by a script.
#[cfg(any(test, fuzzing))]
pub(crate) fn scripted(settings: &Settings, script: &Script) -> Box<dyn Transport> {
    Box::new(self::ureq::Ureq::over(settings, script.clone()))
}
