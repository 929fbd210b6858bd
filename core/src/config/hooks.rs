//! The setters of hooks.

use std::sync::Arc;

use super::builder::ClientBuilder;
use crate::hooks::{HookError, RequestEvent, ResponseEvent, RetryEvent};
use crate::stats::Alert;

impl ClientBuilder {
    /// A function that runs before each attempt, on the thread of the call. It may add headers, and its failure ends the call:
    /// kind `cancelled`, reason `hook`, and the attempt is not sent.
    ///
    /// The hook's own error is the source of the call's. The hook runs before the wait for a `rate_limit`, and may call this client: such a
    /// call runs no hooks. A panic goes through to the caller.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder()
    ///     .token(&token)
    ///     .on_request(|request| {
    ///         request.header("x-trace-id", "4bf92f3577b34da6");
    ///         Ok(())
    ///     })
    ///     .build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn on_request(
        mut self,
        hook: impl Fn(&mut RequestEvent) -> Result<(), HookError> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_request = Some(Arc::new(hook));
        self
    }

    /// A function that runs after each attempt before which `on_request` did not fail, whether the attempt succeeded, failed or
    /// was held back. Its failure is logged and counted, and changes nothing for the call.
    ///
    /// An error and a panic are failures, counted in [`Stats::hook_errors`](crate::stats::Stats::hook_errors). The hook runs on the thread of
    /// the call, and may call this client: such a call runs no hooks.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder()
    ///     .token(&token)
    ///     .on_response(|response| {
    ///         println!("{} took {:?}", response.operation(), response.elapsed());
    ///         Ok(())
    ///     })
    ///     .build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn on_response(
        mut self,
        hook: impl Fn(&ResponseEvent) -> Result<(), HookError> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_response = Some(Arc::new(hook));
        self
    }

    /// A function that runs before the wait for another attempt. Its failure is logged and counted, and changes nothing for the
    /// call.
    ///
    /// A call that goes on with another token after a 401 has it, too, without a wait. For its failures and its thread see
    /// [`on_response`](ClientBuilder::on_response).
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder()
    ///     .token(&token)
    ///     .on_retry(|retry| {
    ///         println!("{} again in {:?}", retry.operation(), retry.wait());
    ///         Ok(())
    ///     })
    ///     .build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn on_retry(
        mut self,
        hook: impl Fn(&RetryEvent) -> Result<(), HookError> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_retry = Some(Arc::new(hook));
        self
    }

    /// A function that runs once an episode of unusual use: far more calls in a minute than usual, or five refusals of the
    /// token in a row. Its failure is logged and counted, and changes nothing for the call.
    ///
    /// For its failures and its thread see [`on_response`](ClientBuilder::on_response).
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let client = penbox::Client::builder()
    ///     .token(&token)
    ///     .on_alert(|alert| {
    ///         eprintln!("{alert}");
    ///         Ok(())
    ///     })
    ///     .build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn on_alert(
        mut self,
        hook: impl Fn(&Alert) -> Result<(), HookError> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_alert = Some(Arc::new(hook));
        self
    }
}
