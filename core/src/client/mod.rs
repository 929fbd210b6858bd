//! The client, from which every operation is called.

mod by_id;
mod check;
mod doctor;
mod pooled;
mod resources;
mod workspace_clients;

#[doc(hidden)]
pub use doctor::DoctorRun;
#[doc(hidden)]
pub use pooled::PageStep;
pub use workspace_clients::{WorkspaceClients, check_workspaces, unknown_workspace};

use std::fmt;
use std::sync::Arc;

use crate::auth::Auth;
use crate::cache::{Cache, CacheStats};
use crate::call::raw_request::{self, RequestOptions};
use crate::call::with_response::WithResponse;
use crate::config::ClientBuilder;
use crate::error::{Error, Result};
use crate::json::raw::Json;
use crate::send::{CallOptions, Recorder, Sender};
use crate::stats::Stats;

/// A client of the Penbox API.
///
/// Cloning is cheap and shares connections; a client can be used from any number of threads.
///
/// ```
/// use penbox::{FormCreate, User};
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let form = client.forms().create(
///     FormCreate::new("client-onboarding").user(User::email("john@example.com").given_name("John")),
/// )?;
/// println!("{}", form.id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Client {
    sender: Arc<Sender>,
    options: Arc<CallOptions>,
}

impl Client {
    /// Starts the settings of a new client.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::Client;
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = Client::builder().token(token).timeout(Duration::from_secs(20)).build()?;
    /// assert_eq!(client.base_url(), "https://connect.penbox.io/v1");
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Makes a client from the settings of the environment: `PENBOX_API_TOKEN` (or `PENBOX_ENVIRONMENT` with
    /// `PENBOX_API_TOKEN_PROD` and its siblings, or `PENBOX_API_TOKEN_FILE`) and `PENBOX_BASE_URL`. Sends nothing.
    ///
    /// ```
    /// use penbox::{Client, ErrorKind};
    ///
    /// match Client::from_env() {
    ///     Ok(client) => println!("{}", client.base_url()),
    ///     Err(error) => assert_eq!(error.kind(), ErrorKind::Config),
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) where no token is found or a setting is not valid.
    pub fn from_env() -> Result<Client> {
        ClientBuilder::new().use_environment().build()
    }

    /// Returns a client whose calls have these options, for one call or for many. It shares connections with this client and is
    /// closed with it. Options of this client that the new ones do not set stay. A header, a query parameter or a member of the
    /// body replaces only the one of its name.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::CallOptions;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let quick = client.with_options(CallOptions::new().timeout(Duration::from_secs(2)).max_attempts(1));
    /// let forms = quick.forms().list(Default::default()).collect_up_to(10)?;
    /// # assert!(forms.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "the options hold for the client that is returned"]
    pub fn with_options(&self, options: CallOptions) -> Client {
        Client {
            sender: Arc::clone(&self.sender),
            options: Arc::new(self.options.with(options)),
        }
    }

    /// Sends a request that no method of this SDK makes: for the deprecated addresses (`/requests`, `/flows`, `/companies`) and for
    /// what the API adds later. The path is relative to the base URL. An answer without a body is `null`.
    ///
    /// It goes the way of every other call, with its repeats, limits and errors. GET and HEAD are repeated after a failure, other
    /// methods only where nothing can have happened, unless [`RequestOptions::safe`] says that the request only reads. The error's
    /// operation is `request`.
    ///
    /// ```
    /// use penbox::RequestOptions;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let flows = client.request("GET", "/flows", RequestOptions::new().query("page[size]", 5))?;
    /// println!("{}", flows.to_value()[0]["slug"]);
    /// # assert!(flows.to_value()[0]["slug"].is_string());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument), before anything is sent, for a path that is absolute or may
    /// lead elsewhere, for a method that is none, and for a header that the client sets itself; then every other kind.
    pub fn request(&self, method: &str, path: &str, parts: RequestOptions) -> Result<Json> {
        let sender = &self.sender;
        let call = raw_request::typed(sender, method, path, parts, &self.options);
        sender.block(call)
    }

    /// Makes a call and returns its result with the HTTP side of the answer: status, headers, attempts, time.
    ///
    /// The call is made by the client that the closure gets. Where the closure makes several requests, as `extract` does, the HTTP
    /// side is that of the last one. [`Pager::pages_with_response`](crate::Pager::pages_with_response) has that of each page.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let form = client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
    /// let answer = client.with_response(|client| client.forms().get(&form.id))?;
    /// assert_eq!((answer.status, answer.attempts), (200, 1));
    /// println!("{:?} {}", answer.request_id, answer.data.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The error of the call; [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) where the closure made no request.
    pub fn with_response<T>(
        &self,
        call: impl FnOnce(&Client) -> Result<T>,
    ) -> Result<WithResponse<T>> {
        let recorder = Recorder::default();
        let data = call(&self.with_options(CallOptions::new().record(&recorder)))?;
        match recorder.take() {
            Some(info) => Ok(WithResponse::of(data, info)),
            None => Err(Error::invalid_argument(
                "the closure made no request with the client that it got",
            )),
        }
    }

    /// Forgets the answers that the client keeps (see [`ClientBuilder::cache_ttl`]). The next calls request them anew. It holds for
    /// all clones.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.cache_ttl(Duration::from_secs(3600)).build()?;
    /// client.form_templates().steps("client-onboarding")?;
    /// client.clear_cache();
    /// client.form_templates().steps("client-onboarding")?;
    /// assert_eq!(sandbox.requests().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clear_cache(&self) {
        if let Some(cache) = &self.sender.state().cache {
            cache.clear();
        }
    }

    /// The use of the client's cache so far; all zero where it keeps nothing.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.cache_ttl(Duration::from_secs(3600)).build()?;
    /// for _ in 0..3 {
    ///     client.form_templates().steps("client-onboarding")?;
    /// }
    /// let stats = client.cache_stats();
    /// assert_eq!((stats.hits, stats.misses, stats.entries), (2, 1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cache_stats(&self) -> CacheStats {
        let state = self.sender.state();
        state.cache.as_ref().map(Cache::stats).unwrap_or_default()
    }

    /// Tells the calls of [`wait_completed`](crate::Forms::wait_completed) that a form has changed, as a verified webhook
    /// reports it: they look at once, instead of after their pause. Returns the number of calls that wait for the form, on this
    /// client and its clones in this process. Sends nothing and does not block.
    ///
    /// A webhook is a hint and no proof, so the wait itself reads the form once more.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let event: penbox::webhook::WebhookEvent = penbox::serde_json::from_str(r#"{"request": {"id": "f-1"}}"#)?;
    /// if let Some(form) = &event.request {
    ///     client.notify_form(&form.id);
    /// }
    /// # assert_eq!(client.notify_form("f-1"), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn notify_form(&self, id: &str) -> usize {
        self.sender.state().watches.notify(id)
    }

    /// The public facts of the token: its fingerprint and its source.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(&token).build()?;
    /// let digits = client.auth().fingerprint().unwrap_or_default();
    /// println!("{digits} from {}", client.auth().source());
    /// assert_eq!(digits.len(), 8);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn auth(&self) -> Auth {
        let source = self.sender.state().credentials.source();
        Auth::new(self.sender.token(), source)
    }

    /// Replaces the token of this client and all its clones, without a break: calls in flight keep theirs, later ones take the new
    /// one, and so do repeats of calls whose old token is refused. A pause after a 429 ends, since it belongs to the old token. From
    /// then on no provider, command or file is asked.
    ///
    /// ```
    /// # let old = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// # let new = "pnbx_".to_owned() + "another-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(&old).build()?;
    /// let before = client.auth().fingerprint();
    /// client.set_token(&new)?;
    /// assert_ne!(client.auth().fingerprint(), before);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for what is no token, [`ErrorKind::Closed`](crate::ErrorKind::Closed) after
    /// [`close`](Client::close). The token in use stays.
    pub fn set_token(&self, token: impl AsRef<str>) -> Result<()> {
        self.sender.set_token(token.as_ref())
    }

    /// The usage of this client and all its clones in this process: calls, waits, bytes, durations, errors. A forked child begins at zero.
    ///
    /// [`process_stats`](crate::process_stats) gives the same by token, over all clients of the process.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(&token).build()?;
    /// assert_eq!(client.stats().calls, 0);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        self.sender.stats()
    }

    /// The address that the client sends its requests to.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder().token(&token).base_url("http://127.0.0.1:4010/v1").build()?;
    /// assert_eq!(client.base_url(), "http://127.0.0.1:4010/v1");
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn base_url(&self) -> &str {
        self.sender.settings.base_url.as_str()
    }

    /// Closes the client and all its clones: calls in flight end, later ones fail with
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let clone = client.clone();
    /// client.close();
    /// let error = clone.forms().get("8b0f3a52").unwrap_err();
    /// assert_eq!(error.kind(), penbox::ErrorKind::Closed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn close(&self) {
        self.sender.close();
    }

    /// Makes a client with a sender of a test.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub(crate) fn of(sender: Sender) -> Client {
        Client {
            sender: Arc::new(sender),
            options: Arc::default(),
        }
    }

    pub(crate) fn sender(&self) -> &Arc<Sender> {
        &self.sender
    }
}

impl ClientBuilder {
    /// Validates the settings and makes the client. Sends nothing.
    ///
    /// ```
    /// use penbox::{Client, ErrorKind};
    ///
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// assert!(Client::builder().token(&token).build().is_ok());
    /// let error = Client::builder().token(&token).page_size(1_000).build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// assert!(error.message().contains("page_size"), "{error}");
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), which says what is wrong and what to do.
    pub fn build(self) -> Result<Client> {
        Ok(Client {
            sender: Arc::new(Sender::new(self.build_settings()?)),
            options: Arc::default(),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("token", &self.sender.token())
            .field("closed", &self.sender.is_closed())
            .finish()
    }
}
