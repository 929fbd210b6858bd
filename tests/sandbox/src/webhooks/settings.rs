use serde::{Deserialize, Serialize};

use super::tamper::Tamper;

/// How the sandbox delivers webhooks. Numbers are inferred: the reference names neither repeats nor limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WebhookSettings {
    /// Nothing is sent while this holds; deliveries wait.
    pub paused: bool,
    /// Attempts of a delivery in all; 5 by default.
    pub attempts: u32,
    /// Milliseconds of the sandbox's clock before the first repeat; each later pause is four times the one before, at most an hour.
    pub backoff_ms: u64,
    /// Milliseconds, of real time, that a receiver has to answer; 10,000 by default.
    pub timeout_ms: u64,
    /// What is wrong with every attempt that is signed from now on.
    pub tamper: Option<Tamper>,
    /// How the key set fails.
    pub key_set: KeySet,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            paused: false,
            attempts: 5,
            backoff_ms: 1000,
            timeout_ms: 10_000,
            tamper: None,
            key_set: KeySet::Served,
        }
    }
}

/// What `/.well-known/jwks.json` answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySet {
    /// The keys.
    #[default]
    Served,
    /// A 500.
    Error,
    /// Nothing, for as long as the caller waits.
    Hang,
    /// 10 MB of JSON.
    Large,
    /// 200 with a page of HTML.
    NoJson,
    /// A redirect to another path, which has the keys.
    Redirect,
    /// A key set without keys.
    Empty,
}

/// A change of [`WebhookSettings`]; `None` keeps what is set.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookPatch {
    /// See [`WebhookSettings::paused`].
    pub paused: Option<bool>,
    /// See [`WebhookSettings::attempts`]; 1 to 100.
    pub attempts: Option<u32>,
    /// See [`WebhookSettings::backoff_ms`].
    pub backoff_ms: Option<u64>,
    /// See [`WebhookSettings::timeout_ms`]; 1 to 60,000.
    pub timeout_ms: Option<u64>,
    /// See [`WebhookSettings::tamper`]; `Some(None)`, null in JSON, ends it.
    #[serde(deserialize_with = "given")]
    pub tamper: Option<Option<Tamper>>,
    /// See [`WebhookSettings::key_set`].
    pub key_set: Option<KeySet>,
}

/// A member that is null is told apart from one that is not there.
fn given<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<Option<Tamper>>, D::Error> {
    Option::deserialize(source).map(Some)
}

impl WebhookSettings {
    /// Names what is out of range, and changes nothing then.
    pub(crate) fn apply(&mut self, patch: WebhookPatch) -> Result<Self, &'static str> {
        if patch.attempts.is_some_and(|n| !(1..=100).contains(&n)) {
            return Err("attempts must be from 1 to 100");
        }
        if patch
            .timeout_ms
            .is_some_and(|ms| !(1..=60_000).contains(&ms))
        {
            return Err("timeout_ms must be from 1 to 60000");
        }
        self.paused = patch.paused.unwrap_or(self.paused);
        self.attempts = patch.attempts.unwrap_or(self.attempts);
        self.backoff_ms = patch.backoff_ms.unwrap_or(self.backoff_ms);
        self.timeout_ms = patch.timeout_ms.unwrap_or(self.timeout_ms);
        self.tamper = patch.tamper.unwrap_or(self.tamper);
        self.key_set = patch.key_set.unwrap_or(self.key_set);
        Ok(*self)
    }

    /// Milliseconds until the attempt after this many.
    pub(crate) fn pause(&self, attempts: usize) -> u64 {
        const HOUR: u64 = 3_600_000;
        let exponent = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.backoff_ms
            .saturating_mul(4_u64.saturating_pow(exponent))
            .min(HOUR)
    }
}
