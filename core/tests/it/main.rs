//! The client over real sockets.

mod answers;
mod common;
mod transport;
