//! What became of a request that failed.

/// Whether a failed call may have had an effect on the server.
///
/// This is what a caller needs after a failed create: `NotSent` and `Rejected` may be repeated without
/// a duplicate, `Unknown` and `Done` must be looked up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request provably never reached the server.
    NotSent,
    /// The server answered and did not act.
    Rejected,
    /// The server may have acted.
    Unknown,
    /// A 2xx head came, but its body was lost or unusable: the server acted.
    Done,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: &'static [Outcome] = &[
        Outcome::NotSent,
        Outcome::Rejected,
        Outcome::Unknown,
        Outcome::Done,
    ];

    /// The string used in every language: `not_sent`, `rejected`, `unknown`, `done`.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::NotSent => "not_sent",
            Outcome::Rejected => "rejected",
            Outcome::Unknown => "unknown",
            Outcome::Done => "done",
        }
    }

    /// What became of a request that was answered with `status`.
    ///
    /// A 408 or a 5xx other than 501 says nothing about whether work was done; a 303 is an answer to work that was.
    pub(crate) fn of_status(status: u16) -> Outcome {
        match status {
            200..=299 => Outcome::Done,
            303 | 408 => Outcome::Unknown,
            501 => Outcome::Rejected,
            300..=499 => Outcome::Rejected,
            _ => Outcome::Unknown,
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
