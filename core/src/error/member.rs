//! The table of an error's members: the one wording of each, which every language's documentation renders.

/// One member of an error: its name, type and meaning.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorMember {
    /// The name without a unit.
    pub name: &'static str,
    /// The type of the value: `text`, `integer`, `flag` or `duration`.
    pub kind: &'static str,
    /// The meaning, in sentences.
    pub doc: &'static str,
}

const fn member(name: &'static str, kind: &'static str, doc: &'static str) -> ErrorMember {
    ErrorMember { name, kind, doc }
}

/// Every member that an error has in all languages.
pub const MEMBERS: &[ErrorMember] = &[
    member(
        "kind",
        "text",
        "The error's kind, for a program to branch on: `rate_limit`, `not_found`, ... It is the same in every language.",
    ),
    member(
        "message",
        "text",
        "The server's own message where there is one, else the SDK's. It has at most 512 characters; control characters are escaped.",
    ),
    member(
        "hint",
        "text",
        "Advice on what to do next, where there is any.",
    ),
    member(
        "outcome",
        "text",
        "The effect that the call may have had on the server: `not_sent`, `rejected` (it did not act), `unknown` (it may have acted) or `done` (it acted, and its answer was lost).",
    ),
    member(
        "retryable",
        "flag",
        "True if the same call may succeed later and repeating it cannot act twice. False for an upload whose source was read and cannot be read again.",
    ),
    member(
        "retry_after",
        "duration",
        "The wait that the server requested, from the body's `retryAfter` or the `Retry-After` header, whichever is longer. It has no upper limit; zero is \"at once\". For a call that was refused unsent it is the time until the call may be sent.",
    ),
    member(
        "reason",
        "text",
        "A finer cause within the kind: `dns`, `refused`, `truncated`, `decode`, `paused`, ... The page on errors lists them all; more may be added, so match with a fallback.",
    ),
    member(
        "phase",
        "text",
        "The limit that passed, for a timeout: `resolve`, `connect`, `send`, `response`, `body` or `total`.",
    ),
    member(
        "http_status",
        "integer",
        "The HTTP status, if the server answered.",
    ),
    member(
        "title",
        "text",
        "The `error` member of the API's error body: the reason phrase, such as `Too Many Requests`.",
    ),
    member(
        "body",
        "text",
        "The answer's body as text, at most 64 KiB, with the client's token blanked should the server echo it. It may hold personal data.",
    ),
    member(
        "operation",
        "text",
        "The operation's id, such as `forms.create`.",
    ),
    member("method", "text", "The HTTP method."),
    member(
        "path",
        "text",
        "The path template, such as `/forms/{id}`: never the path with its values. Of a request of your own it is the path that was given, without its query.",
    ),
    member(
        "attempts",
        "integer",
        "The number of requests that were sent or tried.",
    ),
    member(
        "request_id",
        "text",
        "The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is documented).",
    ),
    member(
        "occurred_at",
        "text",
        "The time of the error, ISO 8601 in UTC.",
    ),
    member(
        "curl",
        "text",
        "The failed call as a line for a shell: `curl` with the method, the whole address and the headers. The token is `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's file from `FILE`), since bodies hold contacts. The address has its query, which may name a contact. Extra headers of the call are left out. Absent where no request was made.",
    ),
    member(
        "support_report",
        "text",
        "The text that Penbox's support asks for: endpoint, time, messages and the token's name, never the token.",
    ),
];
