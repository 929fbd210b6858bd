//! The settings of a verifier, validated once.

use std::sync::Arc;
use std::time::Duration;

use super::algorithm::{Algorithm, listed};
use super::checks::Checks;
use super::claims::Expected;
use super::clock::{Clock, System};
use super::key_cache::KeyCache;
use super::key_set::{KeySet, weak};
use super::keys::Keys;
use super::memory_store::MemoryStore;
use super::replay::{Guard, ReplayStore};
use super::{jwk, public_pem};
use crate::cancel::InterruptCheck;
use crate::config::{ClientBuilder, Settings};
use crate::error::{Error, Reason, Result, name, printable};

/// The issuer of production's tokens (the API's page on signatures).
const ISSUER: &str = "https://connect.penbox.io/";
/// The place of the key set below the issuer (inferred: an older helper package of Penbox reads it there; RFC 8615).
const KEYS_PATH: &str = ".well-known/jwks.json";
/// The difference of two machines' clocks that is accepted by default: RFC 7519, section 4.1.4, speaks of a few minutes at most.
const LEEWAY: Duration = Duration::from_secs(60);
/// The longest leeway. A longer one is a wrong unit, or would switch the check off.
const MAX_LEEWAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The limit of a request for keys by default. Who sends a delivery waits for it, which the API's page puts no number on.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The settings of a verifier to be. [`build`](VerifierBuilder::build) validates them.
///
/// ```
/// use std::time::Duration;
/// use penbox::webhook::Verifier;
///
/// let verifier = Verifier::builder("https://example.com/hooks/penbox")
///     .leeway(Duration::from_secs(30))
///     .remember_deliveries()
///     .build()?;
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder makes nothing before `build`"]
pub struct VerifierBuilder {
    url: String,
    method: String,
    issuer: String,
    keys_url: Option<String>,
    pinned: Option<String>,
    algorithms: Option<Vec<String>>,
    leeway: Duration,
    guard: Option<Guard>,
    clock: Arc<dyn Clock>,
    /// The limit of a request for keys.
    timeout: Duration,
    /// The other settings of the requests for keys.
    requests: ClientBuilder,
    /// For interpreters, which report their signals only on request.
    interrupt_check: Option<InterruptCheck>,
}

impl VerifierBuilder {
    /// The settings by default for a receiver at this address.
    pub(super) fn new(url: String) -> VerifierBuilder {
        VerifierBuilder {
            url,
            method: "POST".to_owned(),
            issuer: ISSUER.to_owned(),
            keys_url: None,
            pinned: None,
            algorithms: None,
            leeway: LEEWAY,
            guard: None,
            clock: Arc::new(System),
            timeout: TIMEOUT,
            requests: ClientBuilder::new(),
            interrupt_check: None,
        }
    }

    /// The HTTP method of deliveries, exactly as the request line has it. Default: `POST` (inferred: the API's page names a claim
    /// for the method, and no method).
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").method("PUT").build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self
    }

    /// The issuer that tokens must name, exactly: with its slash at the end. Default: `https://connect.penbox.io/`.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").issuer("http://127.0.0.1:4010/").build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// The address of the issuer's key set (a JWKS). Plain http is accepted for loopback only. Default: `.well-known/jwks.json` at
    /// the issuer (inferred: the API's page does not name the place).
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let builder = || Verifier::builder("https://example.com/hooks/penbox");
    /// assert!(builder().keys_url("https://keys.example.com/penbox.json").build().is_ok());
    /// let error = builder().keys_url("http://keys.example.com/penbox.json").build().unwrap_err();
    /// assert_eq!(error.reason(), Some("insecure_http"));
    /// ```
    pub fn keys_url(mut self, url: impl Into<String>) -> Self {
        self.keys_url = Some(url.into());
        self
    }

    /// The keys to trust, instead of fetching the issuer's: a key or a set in JSON (JWK, JWKS), or one key or several in PEM form
    /// (`BEGIN PUBLIC KEY`). Nothing is fetched then, so a key that the issuer changes has to be changed here. Default: none.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// # let key = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").keys(key).algorithms(["ES256"]).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn keys(mut self, keys: impl Into<String>) -> Self {
        self.pinned = Some(keys.into());
        self
    }

    /// The algorithms that are accepted: `RS256`, `RS384`, `RS512`, `ES256`. Default: `RS256` (inferred: an older helper package of
    /// Penbox signs by it, and the API's page names none).
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let builder = || Verifier::builder("https://example.com/hooks/penbox");
    /// assert!(builder().algorithms(["RS256", "ES256"]).build().is_ok());
    /// assert!(builder().algorithms(["HS256"]).build().is_err());
    /// ```
    pub fn algorithms<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.algorithms = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The difference between the clocks of Penbox and of this machine that is accepted, up to a day. Default: 60 s.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use penbox::webhook::Verifier;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").leeway(Duration::ZERO).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts each delivery once, and keeps those that were accepted in this process's memory: [`unwrap`](super::Verifier::unwrap) refuses
    /// a repeat as `replayed`. Default: repeats are accepted.
    ///
    /// A receiver that fails after `unwrap` calls [`forget`](super::Verifier::forget), or the repeat that it asks Penbox for is refused.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").remember_deliveries().build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn remember_deliveries(self) -> Self {
        self.remember_deliveries_in(MemoryStore::default())
    }

    /// As [`remember_deliveries`](VerifierBuilder::remember_deliveries), in a store that several processes can share.
    ///
    /// ```
    /// # use penbox::webhook::{MemoryStore, Verifier};
    /// let builder = Verifier::builder("https://example.com/hooks/penbox");
    /// let verifier = builder.remember_deliveries_in(MemoryStore::with_capacity(1_000)).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn remember_deliveries_in(mut self, store: impl ReplayStore + 'static) -> Self {
        self.guard = Some(Guard(Arc::new(store)));
        self
    }

    /// The limit of a request for keys, from a millisecond to a day. Default: 10 s.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use penbox::webhook::Verifier;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").timeout(Duration::from_secs(3)).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends the requests for keys as a client with these settings would: by its proxy, with its CAs, with what it reads from the
    /// environment. A token, an address and time limits among them have no effect.
    ///
    /// ```
    /// # use penbox::{Client, webhook::Verifier};
    /// let network = Client::builder().proxy("http://proxy.example:3128").use_environment();
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").network(network).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn network(mut self, settings: ClientBuilder) -> Self {
        self.requests = settings;
        self
    }

    /// A check that is called while keys are fetched, about every 50 ms, on the thread that waits. True ends the wait by an error of the
    /// kind `cancelled`, and the next thread that needs keys makes the request.
    #[doc(hidden)]
    pub fn interrupt_check(mut self, check: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.interrupt_check = Some(Arc::new(check));
        self
    }

    /// Replaces the clocks, for tests.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub fn clock(mut self, clock: &super::TestClock) -> Self {
        self.clock = Arc::new(clock.clone());
        self
    }

    /// Validates the settings.
    pub(super) fn validate(self) -> Result<Checks> {
        // An address that is only a path is a common mistake. All else is the caller's own, and compared as it is.
        if !self.url.starts_with("https://") && !self.url.starts_with("http://") {
            return Err(Error::config(format!(
                "the verifier's address {} does not begin with https://",
                printable(&self.url, 100)
            ))
            .with_hint("Give the whole public address of the receiver, exactly as it was given to Penbox in the form's webhooks."));
        }
        if self.method.is_empty() || !self.method.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::config("the verifier's method is no HTTP method"));
        }
        if self.leeway > MAX_LEEWAY {
            return Err(Error::config("the verifier's leeway is longer than a day"));
        }
        let algorithms = self.known_algorithms()?;
        let keys = match &self.pinned {
            Some(text) => Keys::Pinned(Arc::new(pinned(text, &algorithms)?)),
            None => {
                let settings = self.key_settings()?;
                let cache = KeyCache::new(settings, Arc::clone(&self.clock), self.interrupt_check);
                Keys::Fetched(Box::new(cache))
            }
        };
        Ok(Checks {
            expected: Expected {
                audience: self.url,
                issuer: self.issuer,
                method: self.method,
                leeway: self.leeway,
            },
            algorithms,
            keys,
            guard: self.guard,
            clock: self.clock,
        })
    }

    /// The accepted algorithms.
    fn known_algorithms(&self) -> Result<Vec<Algorithm>> {
        let Some(names) = &self.algorithms else {
            return Ok(vec![Algorithm::Rs256]);
        };
        let known: Option<Vec<Algorithm>> =
            names.iter().map(|name| Algorithm::named(name)).collect();
        known.filter(|known| !known.is_empty()).ok_or_else(|| {
            let all = listed(&Algorithm::ALL);
            Error::config(format!("the verifier's algorithms must be some of {all}"))
        })
    }

    /// The settings of the requests for keys.
    fn key_settings(&self) -> Result<Settings> {
        let url = match &self.keys_url {
            Some(url) => url.clone(),
            None => format!("{}/{KEYS_PATH}", self.issuer.trim_end_matches('/')),
        };
        let is_plain = url.starts_with("http://");
        let requests = self.requests.clone().allow_insecure_http(false);
        let requests = requests.base_url(url).attempt_timeout(self.timeout);
        requests.build_settings_without_token().map_err(|error| {
            // Both are validated as the settings of a client, of which the message speaks.
            let error = error.with_message(|text| {
                let limit = concat!("the setting ", name!("attempt_timeout"));
                let text = text.replace(limit, "the verifier's timeout");
                let text = text.replace(name!("base_url"), "the address of the keys");
                text.replace(
                    "; the token would cross the network in clear text",
                    ": anybody between could put other keys in",
                )
            });
            match is_plain && error.message().contains("plain http") {
                true => error.with_reason(Reason::InsecureHttp).with_hint(
                    "Use https. Plain http is accepted for 127.0.0.1, localhost and [::1].",
                ),
                false => error,
            }
        })
    }
}

/// The pinned keys.
fn pinned(text: &str, algorithms: &[Algorithm]) -> Result<KeySet> {
    let found = match text.trim_start().starts_with('{') {
        true => jwk::keys(text),
        false => public_pem::keys(text),
    };
    let found = found.filter(|keys| !keys.is_empty()).ok_or_else(|| {
        Error::config("the verifier's keys hold no public key that can verify a delivery").with_hint(
            "Give a JWK or a JWKS in JSON, or PEM text with BEGIN PUBLIC KEY: the issuer's public key, RSA or P-256.",
        )
    })?;
    if !algorithms
        .iter()
        .any(|algorithm| found.iter().any(|key| key.is_for(*algorithm)))
    {
        let message = format!("none of the verifier's keys is for {}", listed(algorithms));
        return Err(Error::config(message).with_reason(Reason::Algorithm));
    }
    let keys = KeySet::new(found);
    match keys.weak_bits() {
        Some(bits) => Err(Error::config(weak(bits)).with_reason(Reason::WeakKey)),
        None => Ok(keys),
    }
}

impl std::fmt::Debug for VerifierBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifierBuilder")
            .field("url", &self.url)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
