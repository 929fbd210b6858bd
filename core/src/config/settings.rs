//! The validated settings that a client runs on.

use std::time::Duration;

use crate::auth::{Token, TokenSource};
use crate::language::Language;

use super::base_url::BaseUrl;
use super::proxy::Proxy;
use super::rate_limit::Rate;
use super::tls_settings::TlsSettings;

/// The settings of a client, after they were validated.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) token: Token,
    pub(crate) token_source: TokenSource,
    pub(crate) base_url: BaseUrl,
    pub(crate) limits: Limits,
    pub(crate) max_attempts: u32,
    pub(crate) max_retry_wait: Duration,
    pub(crate) rates: Vec<Rate>,
    pub(crate) max_response_bytes: usize,
    pub(crate) trust: TlsSettings,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) pool_size: usize,
    pub(crate) page_size: u32,
    pub(crate) token_name: Option<String>,
    pub(crate) user_agent: String,
    pub(crate) language: Language,
}

/// The time limits of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) total: Duration,
    pub(crate) attempt: Duration,
    pub(crate) connect: Duration,
    pub(crate) read: Duration,
}
