//! Scripted answers instead of a server.

mod answer;
mod answers;
mod script_type;
mod sent_request;
mod transport;

pub(super) use answers::without_contacts;

pub use answer::Answer;
pub use script_type::Script;
pub use sent_request::SentRequest;
