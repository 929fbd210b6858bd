//! The limits among the settings: times, attempts, rates, sizes and numbers.

use std::time::Duration;

use serde_json::Value;

use super::builder::ClientBuilder;

impl ClientBuilder {
    /// The limit of a whole call, its waits included. It does not hold for calls that move a file: theirs is `file_timeout`.
    /// Default: 180 s.
    ///
    /// See [`file_timeout`](ClientBuilder::file_timeout), and [`CallOptions::timeout`](crate::CallOptions::timeout) for a call's own.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::{Client, ErrorKind};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.set_faults(vec![penbox_sandbox::Fault { path: "/forms".to_owned(), latency_ms: 60_000, ..Default::default() }])?;
    /// let settings = Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.timeout(Duration::from_millis(100)).build()?;
    /// // This server takes a minute.
    /// let error = client.forms().list(Default::default()).collect_up_to(1).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Timeout);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn timeout(self, limit: Duration) -> Self {
        self.put("timeout", millis(limit))
    }

    /// The limit of a whole call that moves a file, its waits included. Without it such a call takes as long as bytes move,
    /// unless the call itself is given a timeout. Default: none.
    ///
    /// See [`read_timeout`](ClientBuilder::read_timeout) for a file that does not move.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).file_timeout(Duration::from_secs(3_600)).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn file_timeout(self, limit: Duration) -> Self {
        self.put("file_timeout", millis(limit))
    }

    /// The limit of one request and its answer. The bytes of a file are not under it: behind them it begins anew. Default: 60
    /// s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// // A call of 60 s with three attempts of 15 s.
    /// let settings = penbox::Client::builder().token(token).timeout(Duration::from_secs(60));
    /// let client = settings.attempt_timeout(Duration::from_secs(15)).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        self.put("attempt_timeout", millis(limit))
    }

    /// The limit of name look-up, and again of connecting with TLS. Default: 5 s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).connect_timeout(Duration::from_secs(2)).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn connect_timeout(self, limit: Duration) -> Self {
        self.put("connect_timeout", millis(limit))
    }

    /// The longest silence while reading or writing. Default: 30 s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).read_timeout(Duration::from_secs(10)).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn read_timeout(self, limit: Duration) -> Self {
        self.put("read_timeout", millis(limit))
    }

    /// The most requests one call makes, the first included. What may act twice is repeated only after a 429, or where it
    /// provably was not sent. Default: 3.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.set_rate_limit(penbox_sandbox::RateLimit { requests: 0, window_ms: 60_000, retry_after: Some(1) });
    /// let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.max_attempts(1).build()?;
    /// // This server answers 429.
    /// assert_eq!(client.forms().get("8b0f3a52").unwrap_err().attempts(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.put("max_attempts", attempts.into())
    }

    /// The longest wait that a server may cause before one attempt: by the `Retry-After` or `retryAfter` of any answer, or by a
    /// 429 to another call of this client. A longer one is an error at once, with the wait in it; with 0 every 429 is. So that
    /// callers do not come back all at once, up to a tenth is added to a wait, or a second if that is more. The client's own
    /// pauses between attempts, at most 8 s, are not meant (`max_attempts` 1 turns them off), nor are waits for `rate_limit`.
    /// Default: 90 s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.set_rate_limit(penbox_sandbox::RateLimit { requests: 0, window_ms: 60_000, retry_after: Some(30) });
    /// let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.max_retry_wait(Duration::from_secs(5)).build()?;
    /// // This server asks for 30 s, so the call ends at once.
    /// let error = client.forms().get("8b0f3a52").unwrap_err();
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_retry_wait(self, limit: Duration) -> Self {
        self.put("max_retry_wait", millis(limit))
    }

    /// The most requests this client sends in any window of time, such as `100/min, 1000/h`: calls wait for their turn as long
    /// as their `timeout` lets them. The current documentation names no numbers; an older page said 100 a minute a token and
    /// 1,000 an hour. Default: none.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).rate_limit("100/min, 1000/h").build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn rate_limit(self, rates: impl Into<String>) -> Self {
        self.put("rate_limit", Value::String(rates.into()))
    }

    /// The largest JSON answer accepted, in bytes after decompression. Default: 16777216.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.max_response_bytes(20).build()?;
    /// let error = client.workspaces().list(Default::default()).collect_up_to(1).unwrap_err();
    /// assert_eq!(error.reason(), Some("too_large"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_response_bytes(self, bytes: u64) -> Self {
        self.put("max_response_bytes", bytes.into())
    }

    /// The largest file that a download takes into memory, in bytes. A download to a file or a stream has no such limit.
    /// Default: 268435456.
    ///
    /// The file and the stream are [`Download::to`](crate::Download::to) and [`Download::writer`](crate::Download::writer).
    ///
    /// ```
    /// use penbox::{Client, Download, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let settings = Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.max_download_bytes(4).build()?;
    /// let attachment = client.attachments().upload(Upload::bytes(b"hello", "note.txt"))?;
    /// let error = client.attachments().download(&attachment.id, Download::memory()).unwrap_err();
    /// assert_eq!(error.reason(), Some("too_large"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_download_bytes(self, bytes: u64) -> Self {
        self.put("max_download_bytes", bytes.into())
    }

    /// The most calls of this client that run at a time on threads of the SDK's own, 1 to 10000: those of asynchronous
    /// languages, and pages that are fetched ahead. More calls wait for their turn, and end on time if it does not come. A call
    /// that waits for a time, for a `rate_limit` or between two attempts, holds no thread. All clients of a process together
    /// have 1,024 threads, besides the first eight of each client; the environment variable `PENBOX_MAX_THREADS` sets another
    /// number. Default: 256.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).max_workers(16).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn max_workers(self, calls: u64) -> Self {
        self.put("max_workers", calls.into())
    }

    /// Idle connections kept for reuse, 1 to 10000. Default: as `max_workers`.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).pool_size(8).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn pool_size(self, connections: u64) -> Self {
        self.put("pool_size", connections.into())
    }

    /// The items that a page of a list is requested with, 1 to 100. Default: 100.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.page_size(20).build()?;
    /// # sandbox.seed_forms(penbox_sandbox::FormSeed { count: 50, ..Default::default() })?;
    /// assert_eq!(client.forms().list(Default::default()).pages().count(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn page_size(self, items: u32) -> Self {
        self.put("page_size", items.into())
    }

    /// The time for which answers that change seldom are kept in memory, up to 24 h, and given to later calls without a
    /// request: those of the form templates, their options and steps, the case templates and the workspaces. 0 keeps none. The
    /// API's documentation advises an hour or a day. Default: off.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.cache_ttl(Duration::from_secs(3600)).build()?;
    /// client.form_templates().steps("client-onboarding")?;
    /// client.form_templates().steps("client-onboarding")?;
    /// assert_eq!(sandbox.requests().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cache_ttl(self, ttl: Duration) -> Self {
        self.put("cache_ttl", millis(ttl))
    }
}

/// A duration as the table of settings holds it. Less than a millisecond is zero, which is refused where a limit must be positive.
fn millis(limit: Duration) -> Value {
    u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).into()
}
