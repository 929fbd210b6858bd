//! The validated settings that a client runs on.

use std::time::Duration;

use crate::auth::Found;
use crate::hooks::Hooks;
use crate::language::Language;

use super::base_url::BaseUrl;
use super::origins::Origins;
use super::proxy::Proxy;
use super::rate_limit::Rate;
use super::tls_settings::TlsSettings;

/// The settings of a client, after they were validated.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The token's source, until the client has taken it over: what stays here would outlive a change of the token.
    pub(crate) token: Option<Found>,
    pub(crate) base_url: BaseUrl,
    pub(crate) limits: Limits,
    /// The most requests of one call, the first included.
    pub(crate) max_attempts: u32,
    /// The longest wait that a server may cause before one attempt.
    pub(crate) max_retry_wait: Duration,
    /// The rates that all hold at once; empty for no limit.
    pub(crate) rates: Vec<Rate>,
    /// The largest JSON answer, counted after decompression.
    pub(crate) max_response_bytes: usize,
    /// The largest file that is downloaded into memory.
    pub(crate) max_download_bytes: u64,
    /// The CAs that the client trusts, and its own certificate.
    pub(crate) trust: TlsSettings,
    /// The proxy; none also where the API's host is exempt from it.
    pub(crate) proxy: Option<Proxy>,
    /// The most calls of this client that hold a thread of the pool.
    pub(crate) max_workers: usize,
    /// The most idle connections that are kept.
    pub(crate) pool_size: usize,
    /// The items that a page of a list is requested with, unless a call says otherwise.
    pub(crate) page_size: u32,
    /// The time for which answers are kept; none where they are not.
    pub(crate) cache_ttl: Option<Duration>,
    /// The name of the token in Penbox's settings, never the token.
    pub(crate) token_name: Option<String>,
    /// The whole `User-Agent` header, with the caller's suffix.
    pub(crate) user_agent: String,
    pub(crate) language: Language,
    /// The places that the settings come from.
    pub(crate) origins: Origins,
    /// The caller's functions that run beside requests.
    pub(crate) hooks: Hooks,
}

/// The time limits of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The limit of a whole call without a file, its waits included.
    pub(crate) total: Duration,
    /// The same for a call that moves a file; none for as long as the file moves.
    pub(crate) file: Option<Duration>,
    /// The limit of one request and its answer. The bytes of a file are not under it: behind them it begins anew.
    pub(crate) attempt: Duration,
    /// The limit of a name's look-up, and again of connecting.
    pub(crate) connect: Duration,
    /// The longest silence of a read or write.
    pub(crate) read: Duration,
}

impl Limits {
    /// The limit of a whole call, unless the call has one of its own.
    pub(crate) fn of_call(&self, is_file: bool) -> Option<Duration> {
        match is_file {
            true => self.file,
            false => Some(self.total),
        }
    }
}
