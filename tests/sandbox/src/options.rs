use crate::clock::Clock;
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
}

impl SandboxOptions {
    /// The port on 127.0.0.1; 0, the default, takes a free one.
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
