use std::net::IpAddr;
use std::sync::Arc;

use crate::clock::Clock;
use crate::store::planting::Plant;
use crate::store::rate::RateLimit;
use crate::store::settings::Settings;

/// How a sandbox starts. [`crate::Sandbox::reset`] comes back to these values.
///
/// ```
/// use penbox_sandbox::SandboxOptions;
/// let options = SandboxOptions::default().port(0).short_401(true);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SandboxOptions {
    pub(crate) port: u16,
    pub(crate) clock: Clock,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) settings: Settings,
    pub(crate) webhooks_anywhere: bool,
    pub(crate) host: Option<IpAddr>,
    pub(crate) log_requests: bool,
    pub(crate) seed: Option<Arc<Plant>>,
}

impl SandboxOptions {
    /// The address to listen on; 127.0.0.1 by default. Whoever reaches another one can read and change all that the sandbox holds: its
    /// control routes ask for no token.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = Some(host);
        self
    }

    /// Write a line on stderr for each request: time, method, path, status, milliseconds, token name. Off by default.
    pub fn log_requests(mut self, on: bool) -> Self {
        self.log_requests = on;
        self
    }

    /// What the sandbox holds beside its own seed, from the start and after each reset. [`crate::Sandbox::start`] fails where it
    /// does not fit.
    pub fn seed(mut self, seed: Plant) -> Self {
        self.seed = Some(Arc::new(seed));
        self
    }

    /// The port; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Deliver webhooks to other hosts than this machine, too; off by default, for forms hold contacts' data
    /// and a test must not wake a receiver that somebody runs.
    pub fn webhooks_anywhere(mut self, on: bool) -> Self {
        self.webhooks_anywhere = on;
        self
    }

    /// The clock; the system's by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// A limit of requests per token; none by default.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Answer 401 without `message`, as the last sample of the authentication page does; off by default.
    pub fn short_401(mut self, on: bool) -> Self {
        self.settings.short_401 = on;
        self
    }

    /// Refuse page numbers and sizes out of range (the default) instead of clamping them.
    pub fn strict_paging(mut self, on: bool) -> Self {
        self.settings.strict_paging = on;
        self
    }

    /// How long after its creation an extraction has results, in milliseconds of the clock; 0 by default.
    pub fn extraction_delay_ms(mut self, delay: u64) -> Self {
        self.settings.extraction_delay_ms = delay;
        self
    }
}
