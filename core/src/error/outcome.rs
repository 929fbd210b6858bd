//! The outcome of a request that failed.

/// The effect that a failed call may have had on the server.
///
/// A caller needs it after a failed create. After `NotSent` and `Rejected` the call may be repeated without a duplicate. After
/// `Unknown` and `Done` the caller must look for the object first.
///
/// ```
/// use penbox::Outcome;
///
/// assert_eq!(Outcome::NotSent.name(), "not_sent");
/// assert!(Outcome::ALL.contains(&Outcome::Done));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request provably never reached the server.
    NotSent,
    /// The server answered and did not act.
    Rejected,
    /// The server may have acted.
    Unknown,
    /// A 2xx status was received, but the body was lost or unusable: the server acted.
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

    /// The outcome of a request that the server answered with `status`.
    ///
    /// A 408, or a 5xx other than 501, does not say whether work was done. A 303 may stand for success: it leads to the result of
    /// a POST (RFC 9110, section 15.4.4).
    pub(crate) fn of_status(status: u16) -> Outcome {
        match status {
            200..=299 => Outcome::Done,
            303 | 408 => Outcome::Unknown,
            // The server does not support the request, so it did no work (RFC 9110, section 15.6.2).
            501 => Outcome::Rejected,
            // A redirect leads elsewhere, and a 4xx refuses the request itself (RFC 9110, sections 15.4 and 15.5).
            300..=499 => Outcome::Rejected,
            _ => Outcome::Unknown,
        }
    }
}

impl serde::Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_no_more_of_the_outcome_than_its_definition() {
        for (status, expected) in [
            (200, Outcome::Done),
            (299, Outcome::Done),
            (300, Outcome::Rejected),
            (303, Outcome::Unknown),
            (307, Outcome::Rejected),
            (400, Outcome::Rejected),
            (408, Outcome::Unknown),
            (409, Outcome::Rejected),
            (499, Outcome::Rejected),
            (500, Outcome::Unknown),
            (501, Outcome::Rejected),
            (502, Outcome::Unknown),
            (599, Outcome::Unknown),
            (99, Outcome::Unknown),
        ] {
            assert_eq!(Outcome::of_status(status), expected, "{status}");
        }
    }

    #[test]
    fn an_outcome_is_shown_by_its_name() {
        assert_eq!(Outcome::NotSent.to_string(), "not_sent");
    }
}
