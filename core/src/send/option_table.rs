//! The table of the options of a call: the one wording of each, which every language's documentation renders.

/// One option of a call: its name, type and purpose.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallOption {
    /// The name without a unit.
    pub name: &'static str,
    /// The type of the value: `duration`, `token`, `integer`, `flag`, `texts` (an object of texts) or `members` (an object).
    pub kind: &'static str,
    /// The purpose, in sentences. `[one|many]` is a choice: `one` stands where a language adds such things one by one.
    pub doc: &'static str,
    /// The values that [`CallOptions::from_json`](super::CallOptions::from_json) takes, where not every value of the type is one.
    pub range: Option<&'static str>,
}

const fn option(name: &'static str, kind: &'static str, doc: &'static str) -> CallOption {
    CallOption {
        name,
        kind,
        doc,
        range: None,
    }
}

impl CallOption {
    const fn within(mut self, range: &'static str) -> CallOption {
        self.range = Some(range);
        self
    }
}

/// Every option that a call has in all languages.
pub const OPTIONS: &[CallOption] = &[
    option(
        "timeout",
        "duration",
        "The limit of the call as a whole, its waits included, instead of the client's limits for calls and for files.",
    )
    .within("1 ms to 24 h"),
    option(
        "cancel",
        "token",
        "The `CancelToken` that ends the call from elsewhere. If it is cancelled already, nothing is sent.",
    ),
    option(
        "max_attempts",
        "integer",
        "The most requests that the call makes, the first included, instead of the client's number.",
    )
    .within("1 to 100"),
    option(
        "retry_unsafe",
        "flag",
        "Repeats the call even if the server may have acted. Only for calls that do no harm when they act twice, such as a lookup sent as a POST.",
    ),
    option(
        "fresh",
        "flag",
        "Requests the answer from the server, although the client's cache has one, and keeps the new one there. It has no effect without `cache_ttl`, and on calls that are never cached.",
    ),
    option(
        "headers",
        "texts",
        "[An extra header|Extra headers]. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused.",
    ),
    option(
        "query",
        "members",
        "[An extra query parameter|Extra query parameters], for what this SDK does not know.",
    ),
    option(
        "body",
        "members",
        "[An extra member|Extra members] of the body, for what this SDK does not know.",
    ),
];
