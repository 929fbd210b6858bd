//! Recorded answers: written while a program talks to a Penbox, and played to its unit tests.

mod line;
mod query;
mod recorder;
mod recording_type;
mod scrubber;

pub use recording_type::Recording;
