//! Collects settings and judges them in one place, for every language.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use zeroize::Zeroizing;

use crate::auth::environment::{Environment, Nothing, Process};
use crate::auth::{PREFIX, resolve};
use crate::error::{Error, Result};

use super::base_url::{self, BaseUrl};
use super::refusal::{ill_typed, known_settings, misplaced};
use super::settings::{Limits, Settings};
use super::table::{SETTINGS, SettingKind};

/// Settings for a client. Values are judged by [`build`](ClientBuilder::build), which names what is wrong.
///
/// ```
/// use std::time::Duration;
///
/// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
/// let client = penbox::Client::builder()
///     .token(&token)
///     .base_url("http://127.0.0.1:4010/v1")
///     .timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct ClientBuilder {
    token: Option<Zeroizing<String>>,
    use_environment: bool,
    language: Option<&'static str>,
    values: BTreeMap<&'static str, Value>,
    unknown: Option<String>,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The API token, `pnbx_...`, alone and whole.
    pub fn token(mut self, token: impl AsRef<str>) -> Self {
        self.token = Some(Zeroizing::new(token.as_ref().to_owned()));
        self
    }

    /// Takes from the process's environment whatever is not set here: `PENBOX_ENVIRONMENT`, `PENBOX_API_TOKEN` and its
    /// siblings, `PENBOX_BASE_URL`. Without this call the environment is not read.
    pub fn use_environment(mut self) -> Self {
        self.use_environment = true;
        self
    }

    /// `prod`, `staging` or `dev`: read the token from that environment's variable, and from nowhere else.
    pub fn environment(self, name: impl Into<String>) -> Self {
        self.use_environment()
            .put("environment", Value::String(name.into()))
    }

    /// The API's address with its version; default `https://connect.penbox.io/v1`.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.put("base_url", Value::String(url.into()))
    }

    /// The limit of a whole call; default 180 s.
    pub fn timeout(self, limit: Duration) -> Self {
        self.put("timeout", millis(limit))
    }

    /// The limit of one request and its answer; default 60 s.
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        self.put("attempt_timeout", millis(limit))
    }

    /// The limit of name look-up, and again of connecting; default 5 s.
    pub fn connect_timeout(self, limit: Duration) -> Self {
        self.put("connect_timeout", millis(limit))
    }

    /// The longest silence while reading or writing; default 30 s.
    pub fn read_timeout(self, limit: Duration) -> Self {
        self.put("read_timeout", millis(limit))
    }

    /// The most requests one call makes, the first included; default 3.
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.put("max_attempts", attempts.into())
    }

    /// The longest wait that is accepted after one 429; default 90 s. With zero the error comes at once.
    pub fn max_retry_wait(self, limit: Duration) -> Self {
        self.put("max_retry_wait", millis(limit))
    }

    /// The largest JSON answer accepted, in bytes after decompression; default 16 MiB.
    pub fn max_response_bytes(self, bytes: u64) -> Self {
        self.put("max_response_bytes", bytes.into())
    }

    /// Idle connections kept for reuse; default 64.
    pub fn pool_size(self, connections: u64) -> Self {
        self.put("pool_size", connections.into())
    }

    /// Items asked for a page of a list, 1 to 100; default 100.
    pub fn page_size(self, items: u32) -> Self {
        self.put("page_size", items.into())
    }

    /// Accept plain http to a host that is not loopback. The token then crosses the network in clear text.
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        self.put("allow_insecure_http", allow.into())
    }

    /// The name the token has in Penbox's settings, for support reports.
    pub fn token_name(self, name: impl Into<String>) -> Self {
        self.put("token_name", Value::String(name.into()))
    }

    /// Text added to the `User-Agent` header.
    pub fn user_agent_suffix(self, suffix: impl Into<String>) -> Self {
        self.put("user_agent_suffix", Value::String(suffix.into()))
    }

    /// Marks which language's package speaks: `penbox-<language>` in the `User-Agent`.
    #[doc(hidden)]
    pub fn language(mut self, language: &'static str) -> Self {
        self.language = Some(language);
        self
    }

    /// Sets one setting by its name in [`SETTINGS`]; durations end in `_ms` and are whole milliseconds.
    ///
    /// This is how the bindings pass settings on. An unknown name or an ill-typed value is kept and refused by
    /// [`build`](ClientBuilder::build), so that a setter itself cannot fail.
    pub fn set(mut self, name: &str, value: Value) -> Self {
        if name == "token" {
            match value {
                Value::String(text) => self.token = Some(Zeroizing::new(text)),
                _ => self.unknown = Some("the setting token must be text".to_owned()),
            }
            return self;
        }
        let known = SETTINGS.iter().find(|setting| match setting.kind {
            SettingKind::Duration => name.strip_suffix("_ms") == Some(setting.name),
            _ => name == setting.name,
        });
        match known {
            Some(setting) => {
                self.use_environment |= setting.name == "environment";
                self.put(setting.name, value)
            }
            None => {
                let shown = crate::error::printable(name, 64);
                self.unknown
                    .get_or_insert(format!("there is no setting {shown}"));
                self
            }
        }
    }

    /// Judges the settings, with the environment where it was asked for.
    pub(crate) fn settle(self) -> Result<Settings> {
        match self.use_environment {
            true => self.judge(&Process),
            false => self.judge(&Nothing),
        }
    }

    fn put(mut self, name: &'static str, value: Value) -> Self {
        self.values.insert(name, value);
        self
    }

    fn judge(&self, process: &dyn Environment) -> Result<Settings> {
        if let Some(message) = &self.unknown {
            return Err(Error::config(message.clone()).with_hint(known_settings()));
        }
        let environment = match self.text("environment")? {
            Some(name) => Some(name),
            None if self.token.is_none() => process.var("PENBOX_ENVIRONMENT")?,
            None => None,
        };
        let explicit = self.token.as_ref().map(|text| text.as_str());
        let (token, token_source) = resolve(explicit, environment.as_deref(), process)?;
        let url = match self.text("base_url")? {
            Some(url) => url,
            None => process
                .var("PENBOX_BASE_URL")?
                .unwrap_or_else(|| base_url::DEFAULT.to_owned()),
        };
        let base_url = BaseUrl::parse(&url, self.flag("allow_insecure_http")?)?;
        if url.contains(PREFIX) {
            return Err(misplaced("base_url"));
        }
        let language = self.language.unwrap_or("rust");
        let agent = format!("penbox-{language}/{}", env!("CARGO_PKG_VERSION"));
        Ok(Settings {
            token,
            token_source,
            base_url,
            limits: Limits {
                total: self.duration("timeout", 180)?,
                attempt: self.duration("attempt_timeout", 60)?,
                connect: self.duration("connect_timeout", 5)?,
                read: self.duration("read_timeout", 30)?,
            },
            max_attempts: self.integer("max_attempts", 3, 1, 100)? as u32,
            max_retry_wait: self.wait("max_retry_wait", 90)?,
            max_response_bytes: self.integer("max_response_bytes", 16 << 20, 1, u32::MAX as u64)?
                as usize,
            pool_size: self.integer("pool_size", 64, 1, 10_000)? as usize,
            page_size: self.integer("page_size", 100, 1, 100)? as u32,
            token_name: self.line("token_name")?,
            user_agent: match self.line("user_agent_suffix")? {
                Some(suffix) => format!("{agent} {suffix}"),
                None => agent,
            },
        })
    }

    fn text(&self, name: &str) -> Result<Option<String>> {
        match self.values.get(name) {
            None => Ok(None),
            // The address is judged whole first: a user name in it is the better reason.
            Some(Value::String(text)) if name != "base_url" && text.contains(PREFIX) => {
                Err(misplaced(name))
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(ill_typed(name, "text")),
        }
    }

    /// Text that goes into a header or a report: one line of visible ASCII and spaces, or any printable text for a name.
    fn line(&self, name: &str) -> Result<Option<String>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let fits =
            text.len() <= 256 && !text.trim().is_empty() && !text.chars().any(char::is_control);
        if !fits || (name == "user_agent_suffix" && !text.is_ascii()) {
            return Err(ill_typed(name, "one printable line of at most 256 bytes"));
        }
        Ok(Some(text.trim().to_owned()))
    }

    fn flag(&self, name: &str) -> Result<bool> {
        match self.values.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(ill_typed(name, "true or false")),
        }
    }

    fn integer(&self, name: &str, default: u64, least: u64, most: u64) -> Result<u64> {
        match self.values.get(name) {
            None => Ok(default),
            Some(value) => value
                .as_u64()
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| ill_typed(name, &format!("a whole number from {least} to {most}"))),
        }
    }

    fn duration(&self, name: &str, default_seconds: u64) -> Result<Duration> {
        self.integer(name, default_seconds * 1000, 1, DAY_MS)
            .map(Duration::from_millis)
            .map_err(|_| ill_typed(name, "a duration from 1 ms to 24 h"))
    }

    /// A duration that may be none at all.
    fn wait(&self, name: &str, default_seconds: u64) -> Result<Duration> {
        self.integer(name, default_seconds * 1000, 0, DAY_MS)
            .map(Duration::from_millis)
            .map_err(|_| ill_typed(name, "a duration from 0 to 24 h"))
    }
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("token", &self.token.as_ref().map(|_| "pnbx_***"))
            .field("use_environment", &self.use_environment)
            .field("settings", &self.values.keys())
            .finish()
    }
}

fn millis(limit: Duration) -> Value {
    u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::auth::environment::Fixed;

    fn env(vars: &[(&str, &str)]) -> Fixed {
        Fixed {
            vars: vars
                .iter()
                .map(|(k, v)| (k.to_string(), v.to_string()))
                .collect(),
            ..Fixed::default()
        }
    }

    #[test]
    fn reads_the_environment_only_where_nothing_is_set() {
        let vars = env(&[
            ("PENBOX_ENVIRONMENT", "dev"),
            ("PENBOX_API_TOKEN_DEV", "pnbx_dev"),
            ("PENBOX_BASE_URL", "http://127.0.0.1:9/v1"),
        ]);
        let settings = ClientBuilder::new().judge(&vars).unwrap();
        assert_eq!(
            settings.token_source.to_string(),
            "the environment variable PENBOX_API_TOKEN_DEV"
        );
        assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:9/v1");
        let settings = ClientBuilder::new()
            .token("pnbx_mine")
            .base_url("https://x.example/v1")
            .judge(&vars)
            .unwrap();
        assert_eq!(settings.base_url.as_str(), "https://x.example/v1");
        assert_eq!(settings.token_source, crate::TokenSource::Explicit);
    }

    #[test]
    fn a_builder_alone_reads_no_environment() {
        let error = ClientBuilder::new().settle().unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, "no token was given")
        );
    }

    #[test]
    fn unknown_and_ill_typed_settings_are_refused() {
        for (name, value) in [
            ("tiemout_ms", 5.into()),
            ("timeout", 5.into()),
            ("timeout_ms", "5".into()),
            ("timeout_ms", 0.into()),
            ("timeout_ms", (-1).into()),
            ("page_size", 101.into()),
            ("page_size", 0.into()),
            ("allow_insecure_http", "yes".into()),
            ("base_url", 4.into()),
            ("token", 4.into()),
            ("user_agent_suffix", "a\r\nb: c".into()),
            ("token_name", "a\u{1b}[2J".into()),
            ("token_name", "pnbx_pasted".into()),
            ("user_agent_suffix", "app pnbx_pasted".into()),
            ("base_url", "https://x.example/pnbx_pasted".into()),
        ] {
            let error = ClientBuilder::new()
                .token("pnbx_x")
                .set(name, value)
                .settle()
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{name}");
        }
    }

    #[test]
    fn every_setting_of_the_table_can_be_set_by_name() {
        for setting in SETTINGS {
            let (name, value) = match setting.kind {
                SettingKind::Duration => (format!("{}_ms", setting.name), 5.into()),
                SettingKind::Integer => (setting.name.to_owned(), 5.into()),
                SettingKind::Flag => (setting.name.to_owned(), true.into()),
                SettingKind::Text => match setting.name {
                    "token" => (setting.name.to_owned(), "pnbx_x".into()),
                    "base_url" => (setting.name.to_owned(), "https://x.example".into()),
                    "environment" => (setting.name.to_owned(), "dev".into()),
                    _ => (setting.name.to_owned(), "text".into()),
                },
            };
            ClientBuilder::new()
                .token("pnbx_x")
                .set(&name, value)
                .settle()
                .unwrap();
        }
    }
}
