use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::app::App;
use crate::error::ApiError;
use crate::options::SandboxOptions;
use crate::seed;
use crate::store::Store;
use crate::store::attachments::AttachmentSeed;
use crate::store::case_seeding::CaseSeed;
use crate::store::completion::{CompletedForm, FormCompletion};
use crate::store::faults::Fault;
use crate::store::planting::{Plant, Planted};
use crate::store::rate::RateLimit;
use crate::store::requests::RequestRecord;
use crate::store::seeding::FormSeed;
use crate::store::settings::{Settings, SettingsPatch};
use crate::store::tokens::{NewToken, TokenInfo};
use crate::webhooks::{Delivery, Replay, WebhookPatch, WebhookSettings};

/// How long running requests may take to end once the sandbox stops.
const GRACE: Duration = Duration::from_secs(1);

/// A running sandbox; dropping it stops it. It serves on a thread of its own and needs no async runtime.
pub struct Sandbox {
    app: App,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds 127.0.0.1, or the host of the options, and serves.
    ///
    /// # Errors
    ///
    /// When the seed does not fit, the port is taken or the system gives no socket or thread.
    pub fn start(options: SandboxOptions) -> io::Result<Self> {
        let host = options.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let listener = TcpListener::bind((host, options.port))?;
        listener.set_nonblocking(true)?;
        let mut address = listener.local_addr()?;
        if address.ip().is_unspecified() {
            // Links need an address that can be opened.
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let origin = format!("http://{address}");
        Store::planted(&options, jiff::Timestamp::now()).map_err(io::Error::other)?;
        let app = App::new(options, origin);
        let router = app.router();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (ending, ended) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("penbox-sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    let listener = listener.tap_io(|stream| {
                        // Without it answers are slower, not wrong.
                        let _ = stream.set_nodelay(true);
                    });
                    let serve = axum::serve(listener, router).with_graceful_shutdown(async move {
                        let _ = stopped.await;
                        let _ = ending.send(());
                    });
                    let deadline = async {
                        let _ = ended.await;
                        tokio::time::sleep(GRACE).await;
                    };
                    tokio::select! {
                        _ = serve => {}
                        () = deadline => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            app,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The API's base URL, version included: `http://127.0.0.1:PORT/v1`.
    pub fn url(&self) -> String {
        format!("{}/v1", self.app.origin())
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> &str {
        self.app.origin()
    }

    /// The default token, [`seed::ACME_TOKEN`].
    pub fn token(&self) -> &'static str {
        seed::ACME_TOKEN
    }

    /// Makes a token: `POST /_sandbox/tokens`.
    ///
    /// # Errors
    ///
    /// 400 for a token of the wrong shape or no workspace, 404 for an unknown workspace, 409 for a token that exists.
    pub fn create_token(&self, new: NewToken) -> Result<TokenInfo, ApiError> {
        self.app.store().create_token(new)
    }

    /// Revokes a token at once: `POST /_sandbox/tokens/revoke`.
    ///
    /// # Errors
    ///
    /// 404 for a token that was never made.
    pub fn revoke_token(&self, token: &str) -> Result<(), ApiError> {
        self.app.store().revoke_token(token)
    }

    /// Sets the rate limit or, with `None`, lifts it: `PUT /_sandbox/rate_limit`. Counting starts anew.
    pub fn set_rate_limit(&self, limit: impl Into<Option<RateLimit>>) {
        self.app.store().rate.set(limit.into());
    }

    /// Changes settings and tells what is set now: `PUT /_sandbox/settings`.
    pub fn settings(&self, patch: SettingsPatch) -> Settings {
        self.app.store().settings.apply(patch)
    }

    /// Sets what happens to requests, instead of all that was set: `PUT /_sandbox/faults`.
    ///
    /// # Errors
    ///
    /// 400 for a path without a slash at its beginning, a status that is no failure, or a wait without a status.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), ApiError> {
        self.app.store().faults.set(faults)
    }

    /// Makes forms quickly and gives their ids, oldest first: `POST /_sandbox/forms`.
    ///
    /// # Errors
    ///
    /// 400 for more than 100,000 or a bad date, 404 for an unknown workspace or template.
    pub fn seed_forms(&self, wanted: FormSeed) -> Result<Vec<String>, ApiError> {
        self.app.store().seed_forms(wanted, self.app.now())
    }

    /// Adds workspaces, form templates, members, tokens, forms and cases: `POST /_sandbox/seed`.
    ///
    /// # Errors
    ///
    /// 400 for a bad slug, id or date, 404 for a workspace or template that is unknown, 409 for what exists. What stands before the
    /// wrong part is added.
    pub fn plant(&self, seed: &Plant) -> Result<Planted, ApiError> {
        self.app.store().plant(seed, self.app.now())
    }

    /// Plays the contact of a pending form: `POST /_sandbox/forms/{id}/complete`.
    ///
    /// # Errors
    ///
    /// 404 for an unknown form or file, 409 for a form that is not pending, 400 for a file without name.
    pub fn complete_form(&self, id: &str, done: FormCompletion) -> Result<CompletedForm, ApiError> {
        self.app.complete_form(id, done)
    }

    /// Makes cases quickly and gives their ids, oldest first: `POST /_sandbox/cases`.
    ///
    /// # Errors
    ///
    /// 400 for more than 100,000 or a bad date, 404 for an unknown template.
    pub fn seed_cases(&self, wanted: CaseSeed) -> Result<Vec<String>, ApiError> {
        self.app.store().seed_cases(wanted, self.app.now())
    }

    /// Makes a file of any size without uploading it and gives its id: `POST /_sandbox/attachments`.
    /// The byte at offset `n` is `n % 251`.
    ///
    /// # Errors
    ///
    /// 400 for a wrong type, 404 for an unknown workspace.
    pub fn seed_attachment(&self, wanted: AttachmentSeed) -> Result<String, ApiError> {
        let attachment = self.app.store().seed_attachment(wanted)?;
        Ok(attachment.id.clone())
    }

    /// The last 10,000 requests, oldest first, without tokens: `GET /_sandbox/requests`.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.app.log().all()
    }

    /// Forgets the requests so far: `DELETE /_sandbox/requests`.
    pub fn clear_requests(&self) {
        self.app.log().clear();
    }

    /// Changes how webhooks are delivered and tells what is set now: `PUT /_sandbox/webhooks`.
    ///
    /// # Errors
    ///
    /// 400 for a number out of range.
    pub fn set_webhooks(&self, patch: WebhookPatch) -> Result<WebhookSettings, ApiError> {
        self.app.webhooks().set(patch)
    }

    /// The last 10,000 deliveries of webhooks, oldest first: `GET /_sandbox/webhooks/deliveries`.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.app.webhooks().all()
    }

    /// Waits until no delivery is pending; false when `limit`, of real time, is over first.
    pub fn wait_delivered(&self, limit: Duration) -> bool {
        self.app.webhooks().wait_idle(limit)
    }

    /// Sends a delivery again, as one of its own: `POST /_sandbox/webhooks/deliveries/{id}/replay`.
    ///
    /// # Errors
    ///
    /// 404 for a delivery that is not kept.
    pub fn replay_delivery(&self, id: u64, how: Replay) -> Result<Delivery, ApiError> {
        self.app.webhooks().replay(id, how)
    }

    /// Signs with the next key from now on and gives its `kid`: `POST /_sandbox/webhooks/rotate`. The key set keeps the one before.
    pub fn rotate_keys(&self) -> String {
        self.app.webhooks().rotate()
    }

    /// Back to the seed and the options it started with: `POST /_sandbox/reset`.
    pub fn reset(&self) {
        self.app.reset();
    }

    /// Stops serving, gives running requests a second, and waits for the thread to end. Dropping does the same.
    pub fn stop(self) {}
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.app.webhooks().stop();
        // Temporary files go now, whoever still holds the rest.
        *self.app.store() = Store::default();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("origin", &self.app.origin())
            .finish_non_exhaustive()
    }
}
