//! The builder of a client. It collects settings and has them validated in one place, for every language.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use zeroize::Zeroizing;

use crate::auth::{Environment, Provider, TokenRequest};
use crate::error::{Result, named};
use crate::hooks::Hooks;
use crate::language::Language;

use super::settings::Settings;
use super::table::{SETTINGS, SettingKind};

/// The settings of a client to be. [`build`](ClientBuilder::build) validates them, and its error names the wrong one.
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
#[must_use = "a builder makes nothing before `build`"]
pub struct ClientBuilder {
    /// The token as it was given, wiped with the builder.
    pub(super) token: Option<Zeroizing<String>>,
    /// The callback that gives the token.
    pub(super) provider: Option<Provider>,
    /// The environment to read unset settings from; a builder without one reads none.
    environment: Option<Environment>,
    /// The language whose names the client's messages use.
    pub(super) language: Language,
    /// The values by the setting's name, as they were given: a setter never fails.
    pub(super) values: BTreeMap<&'static str, Value>,
    /// The caller's functions that run beside requests.
    pub(super) hooks: Hooks,
    /// The message for the first setting that does not exist.
    pub(super) unknown: Option<String>,
}

impl ClientBuilder {
    /// A builder without a token, which reads no environment.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The API token, `pnbx_...`. Without it the environment is read: the variable of `environment` if that is set, else
    /// `PENBOX_API_TOKEN`, else the file named by `PENBOX_API_TOKEN_FILE`. Default: from the environment.
    ///
    /// No variable is read without [`use_environment`](ClientBuilder::use_environment).
    ///
    /// ```
    /// # let text = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(&text).build()?;
    /// assert_eq!(client.auth().source().to_string(), "the token given to the client");
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn token(mut self, token: impl AsRef<str>) -> Self {
        self.token = Some(Zeroizing::new(token.as_ref().to_owned()));
        self
    }

    /// A callback that gives the token, instead of the token itself. It is called at the first call, once for all calls that
    /// wait for its answer, and again after a 401, at most once a second; making the client does not call it. What it raises is
    /// the cause of the call's error, whose outcome is `not_sent`. It must not call this client. Default: none.
    ///
    /// ```
    /// # fn fetch() -> std::io::Result<String> { Ok("pnbx_".to_owned() + "an-example-for-the-documentation") }
    /// let client = penbox::Client::builder().token_provider(fetch).build()?;
    /// assert_eq!(client.auth().fingerprint(), None);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn token_provider<T, E>(
        self,
        provider: impl Fn() -> std::result::Result<T, E> + Send + Sync + 'static,
    ) -> Self
    where
        T: Into<String>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.token_provider_later(move |request| match provider() {
            Ok(token) => request.give(token.into()),
            Err(error) => {
                let error = error.into();
                request.raised(&error.to_string(), Some(error));
            }
        })
    }

    /// A callback that gives the token, at once or later and on any thread. For languages whose callbacks may be asynchronous.
    #[doc(hidden)]
    pub fn token_provider_later(
        mut self,
        provider: impl Fn(TokenRequest) + Send + Sync + 'static,
    ) -> Self {
        self.provider = Some(Provider::new(provider));
        self
    }

    /// A program that prints the token to its standard output, with its arguments: a list of texts, or a text that is split at
    /// spaces and in which quotes and other characters of a shell are refused. No shell runs it. It is run at the first call,
    /// and again after a 401, has 10 s, and is not given Penbox's own variables. It is never read from the environment.
    /// Default: none.
    ///
    /// ```
    /// let client = penbox::Client::builder().token_command(["vault", "kv", "get", "-field=token", "kv/penbox"]).build()?;
    /// assert_eq!(client.auth().source().to_string(), "the token command vault");
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn token_command(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words = words.into_iter().map(|word| Value::String(word.into()));
        self.put("token_command", Value::Array(words.collect()))
    }

    /// Reads settings that are not set here from the process's environment, as it is now: `PENBOX_ENVIRONMENT`,
    /// `PENBOX_API_TOKEN` and its siblings, `PENBOX_BASE_URL`, the proxies and `SSL_CERT_FILE`. Without this call the environment
    /// is not read.
    ///
    /// ```
    /// use penbox::{Client, ErrorKind};
    ///
    /// // The token comes from the environment, and its absence is an error.
    /// match Client::builder().use_environment().page_size(50).build() {
    ///     Ok(client) => println!("{}", client.auth().source()),
    ///     Err(error) => assert_eq!(error.kind(), ErrorKind::Config),
    /// }
    /// ```
    pub fn use_environment(self) -> Self {
        self.with_environment(Environment::of_process())
    }

    /// Reads settings that are not set here from this environment, and none from the process's.
    #[doc(hidden)]
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// `prod` (or `production`), `staging` or `dev` (or `development`): the token is read from `PENBOX_API_TOKEN_PROD`,
    /// `_STAGING` or `_DEV` and from nowhere else. `PENBOX_ENVIRONMENT` sets it too. Default: none.
    ///
    /// It lets the builder read the process's environment, unless it has one.
    ///
    /// ```
    /// use penbox::Client;
    ///
    /// let error = Client::builder().environment("stagging").build().unwrap_err();
    /// assert!(error.to_string().contains("staging"), "{error}");
    /// ```
    pub fn environment(self, name: impl Into<String>) -> Self {
        self.put("environment", Value::String(name.into()))
            .with_some_environment()
    }

    /// The API's address with its version. `PENBOX_BASE_URL` sets it too. Plain http is accepted for loopback only. Default:
    /// `https://connect.penbox.io/v1`.
    ///
    /// No variable is read without [`use_environment`](ClientBuilder::use_environment).
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// assert_eq!(client.workspaces().list(Default::default()).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.put("base_url", Value::String(url.into()))
    }

    /// Accepts plain http to a host that is not loopback. The token then crosses the network in clear text. Default: false.
    ///
    /// ```
    /// use penbox::Client;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let settings = || Client::builder().token(&token).base_url("http://penbox.internal/v1");
    /// assert!(settings().build().is_err());
    /// assert!(settings().allow_insecure_http(true).build().is_ok());
    /// ```
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        self.put("allow_insecure_http", allow.into())
    }

    /// The name the token has in Penbox's settings; shown in support reports. Default: none.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.token_name("CRM").build()?;
    /// let error = client.forms().get("8b0f3a52").unwrap_err();
    /// assert!(error.support_report().contains("token name: CRM"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn token_name(self, name: impl Into<String>) -> Self {
        self.put("token_name", Value::String(name.into()))
    }

    /// Text added to the `User-Agent` header after the SDK's own name. Default: none.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.user_agent_suffix("crm-sync/2.1").build()?;
    /// client.workspaces().list(Default::default()).collect_up_to(1)?;
    /// let headers = &sandbox.requests()[0].headers;
    /// assert!(headers.iter().any(|(name, value)| name == "user-agent" && value.ends_with(" crm-sync/2.1")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn user_agent_suffix(self, suffix: impl Into<String>) -> Self {
        self.put("user_agent_suffix", Value::String(suffix.into()))
    }

    /// The proxy to go through: `http://`, `https://` (both by CONNECT), `socks5://` or `socks5h://`, with `user:password@`
    /// where it asks for them; empty for none. The environment's are `HTTPS_PROXY` and `ALL_PROXY`, lower case too, and never
    /// for loopback. Default: from the environment.
    ///
    /// No variable is read without [`use_environment`](ClientBuilder::use_environment).
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(token).proxy("http://proxy.example:3128").build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn proxy(self, url: impl Into<String>) -> Self {
        self.put("proxy", Value::String(url.into()))
    }

    /// The hosts that are reached without the proxy: names (with those below them), addresses, networks such as `10.0.0.0/8`,
    /// each with a port if you like, or `*`; by commas. `NO_PROXY` sets it too. Default: from the environment.
    ///
    /// No variable is read without [`use_environment`](ClientBuilder::use_environment).
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let settings = penbox::Client::builder().token(token).proxy("http://proxy.example:3128");
    /// let client = settings.no_proxy("penbox.io, .internal").build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn no_proxy(self, list: impl Into<String>) -> Self {
        self.put("no_proxy", Value::String(list.into()))
    }

    /// A PEM file with the certificates of the CAs to trust, instead of the system's. `SSL_CERT_FILE` sets it too. Without
    /// either, and where the system has no trust store, Mozilla's list is used. Default: the system's trust store.
    ///
    /// No variable is read without [`use_environment`](ClientBuilder::use_environment).
    ///
    /// ```
    /// use penbox::Client;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let error = Client::builder().token(token).ca_file("/no/such/company-ca.pem").build().unwrap_err();
    /// assert!(error.message().contains("company-ca.pem"), "{error}");
    /// ```
    pub fn ca_file(self, path: impl AsRef<Path>) -> Self {
        self.put_path("ca_file", path.as_ref())
    }

    /// A PEM file with the client's certificate and those between it and its CA; the key too, unless `client_key` names its
    /// file. Default: none.
    ///
    /// ```
    /// use penbox::Client;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let error = Client::builder().token(token).client_cert("/no/such/client.pem").build().unwrap_err();
    /// assert!(error.message().contains("client.pem"), "{error}");
    /// ```
    pub fn client_cert(self, path: impl AsRef<Path>) -> Self {
        self.put_path("client_cert", path.as_ref())
    }

    /// A PEM file with the private key of `client_cert`. Default: none.
    ///
    /// ```
    /// use penbox::Client;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let settings = Client::builder().token(token).client_key("/no/such/client.key");
    /// // A key is of no use without its certificate.
    /// assert!(settings.build().unwrap_err().message().contains("client_cert"));
    /// ```
    pub fn client_key(self, path: impl AsRef<Path>) -> Self {
        self.put_path("client_key", path.as_ref())
    }

    /// Sets the language of the package: `penbox-<language>` in the `User-Agent`, and that language's names in messages.
    #[doc(hidden)]
    pub fn language(mut self, language: &str) -> Self {
        self.language = Language::named(language);
        self
    }

    /// Sets one setting by its name in `SETTINGS`; durations end in `_ms` and are whole milliseconds.
    ///
    /// The bindings pass settings on with it. [`build`](ClientBuilder::build) refuses an unknown name or a value of the wrong type,
    /// so that a setter itself cannot fail.
    #[doc(hidden)]
    pub fn set(mut self, name: &str, value: Value) -> Self {
        if name == "token" {
            match value {
                // Kept apart from the other values, in memory that is wiped.
                Value::String(text) => self.token = Some(Zeroizing::new(text)),
                _ => self.unknown = Some(format!("the setting {} must be text", named("token"))),
            }
            return self;
        }
        let known = SETTINGS.iter().find(|setting| match setting.kind {
            // A duration's name has its unit, so that no number is taken for seconds.
            SettingKind::Duration => name.strip_suffix("_ms") == Some(setting.name),
            _ => name == setting.name,
        });
        match known {
            // As the setter does: a name is of no use without an environment to read its token from.
            Some(setting) if setting.name == "environment" => {
                self.put(setting.name, value).with_some_environment()
            }
            Some(setting) => self.put(setting.name, value),
            None => {
                let shown = crate::error::printable(name, 64);
                self.unknown
                    .get_or_insert(format!("there is no setting {shown}"));
                self
            }
        }
    }

    /// The language of the package.
    pub(crate) fn package_language(&self) -> Language {
        self.language
    }

    /// Validates the settings, with the environment if the builder has one.
    pub(crate) fn build_settings(self) -> Result<Settings> {
        match &self.environment {
            Some(environment) => self.validate(environment),
            None => self.validate(&Environment::empty()),
        }
    }

    /// Validates the settings of requests that need no token, such as those for a webhook's keys.
    pub(crate) fn build_settings_without_token(self) -> Result<Settings> {
        match &self.environment {
            Some(environment) => self.validate_without_token(environment),
            None => self.validate_without_token(&Environment::empty()),
        }
    }

    /// The builder with the process's environment, unless it has another: the named environment's token is read from there.
    fn with_some_environment(self) -> Self {
        match self.environment {
            Some(_) => self,
            None => self.use_environment(),
        }
    }

    /// Keeps a path. The settings are text, so one that is no UTF-8 is refused when the client is built.
    fn put_path(mut self, name: &'static str, path: &Path) -> Self {
        match path.to_str() {
            Some(text) => self.put(name, Value::String(text.to_owned())),
            None => {
                let message = format!("the setting {} is a path that is not UTF-8", named(name));
                self.unknown.get_or_insert(message);
                self
            }
        }
    }

    /// Keeps a value as it was given. The last value of a setting counts.
    pub(super) fn put(mut self, name: &'static str, value: Value) -> Self {
        self.values.insert(name, value);
        self
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("token", &self.token.as_ref().map(|_| "pnbx_***"))
            .field("environment", &self.environment)
            // Names only: the URL of a proxy may hold a password.
            .field("settings", &self.values.keys())
            .finish()
    }
}
