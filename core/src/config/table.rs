//! The one list of settings, read by every language.

/// The type of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingKind {
    /// Text.
    Text,
    /// A list of texts, or a text of words between spaces; C has the text only, in which a list is written as JSON.
    Words,
    /// A function of the caller's. It has no form as JSON, so each language takes it in its own way.
    Callback,
    /// Seconds in Python, a `Duration` in Rust, milliseconds with `_ms` in the name elsewhere.
    Duration,
    /// A whole number.
    Integer,
    /// True or false.
    Flag,
}

impl SettingKind {
    /// The kind's name in the specification.
    pub const fn name(self) -> &'static str {
        match self {
            SettingKind::Text => "text",
            SettingKind::Words => "words",
            SettingKind::Callback => "callback",
            SettingKind::Duration => "duration",
            SettingKind::Integer => "integer",
            SettingKind::Flag => "flag",
        }
    }
}

/// One setting: its name, type, default and purpose.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Setting {
    /// The name without a unit.
    pub name: &'static str,
    /// The type of the value.
    pub kind: SettingKind,
    /// The default, in words.
    pub default: &'static str,
    /// The purpose, in sentences.
    pub doc: &'static str,
}

/// A row of the table.
const fn setting(
    name: &'static str,
    kind: SettingKind,
    default: &'static str,
    doc: &'static str,
) -> Setting {
    Setting {
        name,
        kind,
        default,
        doc,
    }
}

/// Every setting a client has.
pub const SETTINGS: &[Setting] = &[
    setting(
        "token",
        SettingKind::Text,
        "from the environment",
        "The API token, `pnbx_...`. Without it the environment is read: the variable of `environment` if that is set, else `PENBOX_API_TOKEN`, else the file named by `PENBOX_API_TOKEN_FILE`.",
    ),
    setting(
        "token_provider",
        SettingKind::Callback,
        "none",
        "A callback that gives the token, instead of the token itself. It is called at the first call, once for all calls that wait for its answer, and again after a 401, at most once a second; making the client does not call it. What it raises is the cause of the call's error, whose outcome is `not_sent`. It must not call this client.",
    ),
    setting(
        "token_command",
        SettingKind::Words,
        "none",
        "A program that prints the token to its standard output, with its arguments: a list of texts, or a text that is split at spaces and in which quotes and other characters of a shell are refused. No shell runs it. It is run at the first call, and again after a 401, has 10 s, and is not given Penbox's own variables. It is never read from the environment.",
    ),
    setting(
        "environment",
        SettingKind::Text,
        "none",
        "`prod` (or `production`), `staging` or `dev` (or `development`): the token is read from `PENBOX_API_TOKEN_PROD`, `_STAGING` or `_DEV` and from nowhere else. `PENBOX_ENVIRONMENT` sets it too.",
    ),
    setting(
        "base_url",
        SettingKind::Text,
        "https://connect.penbox.io/v1",
        "The API's address with its version. `PENBOX_BASE_URL` sets it too. Plain http is accepted for loopback only.",
    ),
    setting(
        "timeout",
        SettingKind::Duration,
        "180 s",
        "The limit of a whole call, its waits included. It does not hold for calls that move a file: theirs is `file_timeout`.",
    ),
    setting(
        "file_timeout",
        SettingKind::Duration,
        "none",
        "The limit of a whole call that moves a file, its waits included. Without it such a call takes as long as bytes move, unless the call itself is given a timeout.",
    ),
    setting(
        "attempt_timeout",
        SettingKind::Duration,
        "60 s",
        "The limit of one request and its answer. The bytes of a file are not under it: behind them it begins anew.",
    ),
    setting(
        "connect_timeout",
        SettingKind::Duration,
        "5 s",
        "The limit of name look-up, and again of connecting with TLS.",
    ),
    setting(
        "read_timeout",
        SettingKind::Duration,
        "30 s",
        "The longest silence while reading or writing.",
    ),
    setting(
        "max_attempts",
        SettingKind::Integer,
        "3",
        "The most requests one call makes, the first included. What may act twice is repeated only after a 429, or where it provably was not sent.",
    ),
    setting(
        "max_retry_wait",
        SettingKind::Duration,
        "90 s",
        "The longest wait that a server may cause before one attempt: by the `Retry-After` or `retryAfter` of any answer, or by a 429 to another call of this client. A longer one is an error at once, with the wait in it; with 0 every 429 is. So that callers do not come back all at once, up to a tenth is added to a wait, or a second if that is more. The client's own pauses between attempts, at most 8 s, are not meant (`max_attempts` 1 turns them off), nor are waits for `rate_limit`.",
    ),
    setting(
        "rate_limit",
        SettingKind::Text,
        "none",
        "The most requests this client sends in any window of time, such as `100/min, 1000/h`: calls wait for their turn as long as their `timeout` lets them. The current documentation names no numbers; an older page said 100 a minute a token and 1,000 an hour.",
    ),
    setting(
        "max_response_bytes",
        SettingKind::Integer,
        "16777216",
        "The largest JSON answer accepted, in bytes after decompression.",
    ),
    setting(
        "max_download_bytes",
        SettingKind::Integer,
        "268435456",
        "The largest file that a download takes into memory, in bytes. A download to a file or a stream has no such limit.",
    ),
    setting(
        "max_workers",
        SettingKind::Integer,
        "256",
        "The most calls of this client that run at a time on threads of the SDK's own, 1 to 10000: those of asynchronous languages, and pages that are fetched ahead. More calls wait for their turn, and end on time if it does not come. A call that waits for a time, for a `rate_limit` or between two attempts, holds no thread. All clients of a process together have 1,024 threads, besides the first eight of each client; the environment variable `PENBOX_MAX_THREADS` sets another number.",
    ),
    setting(
        "pool_size",
        SettingKind::Integer,
        "as `max_workers`",
        "Idle connections kept for reuse, 1 to 10000.",
    ),
    setting(
        "page_size",
        SettingKind::Integer,
        "100",
        "The items that a page of a list is requested with, 1 to 100.",
    ),
    setting(
        "cache_ttl",
        SettingKind::Duration,
        "off",
        "The time for which answers that change seldom are kept in memory, up to 24 h, and given to later calls without a request: those of the form templates, their options and steps, the case templates and the workspaces. 0 keeps none. The API's documentation advises an hour or a day.",
    ),
    setting(
        "allow_insecure_http",
        SettingKind::Flag,
        "false",
        "Accepts plain http to a host that is not loopback. The token then crosses the network in clear text.",
    ),
    setting(
        "proxy",
        SettingKind::Text,
        "from the environment",
        "The proxy to go through: `http://`, `https://` (both by CONNECT), `socks5://` or `socks5h://`, with `user:password@` where it asks for them; empty for none. The environment's are `HTTPS_PROXY` and `ALL_PROXY`, lower case too, and never for loopback.",
    ),
    setting(
        "no_proxy",
        SettingKind::Text,
        "from the environment",
        "The hosts that are reached without the proxy: names (with those below them), addresses, networks such as `10.0.0.0/8`, each with a port if you like, or `*`; by commas. `NO_PROXY` sets it too.",
    ),
    setting(
        "ca_file",
        SettingKind::Text,
        "the system's trust store",
        "A PEM file with the certificates of the CAs to trust, instead of the system's. `SSL_CERT_FILE` sets it too. Without either, and where the system has no trust store, Mozilla's list is used.",
    ),
    setting(
        "client_cert",
        SettingKind::Text,
        "none",
        "A PEM file with the client's certificate and those between it and its CA; the key too, unless `client_key` names its file.",
    ),
    setting(
        "client_key",
        SettingKind::Text,
        "none",
        "A PEM file with the private key of `client_cert`.",
    ),
    setting(
        "token_name",
        SettingKind::Text,
        "none",
        "The name the token has in Penbox's settings; shown in support reports.",
    ),
    setting(
        "user_agent_suffix",
        SettingKind::Text,
        "none",
        "Text added to the `User-Agent` header after the SDK's own name.",
    ),
];
