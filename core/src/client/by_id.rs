//! The calls by an operation's id, with parameters as JSON: the bindings use no others. They and the typed methods build requests
//! in the same code.

use super::Client;
use crate::call::document_pager::DocumentPager;
use crate::call::invoke::{self, Answer};
use crate::call::operation::{OperationSpec, Polled};
use crate::call::raw_request::{self, RequestOptions};
use crate::call::transfers;
use crate::endpoints::{document_intelligence, forms, registry};
use crate::error::{Error, Result};
use crate::files::{Download, File, Upload};
use crate::send::CallOptions;

impl Client {
    /// Calls an operation by its id, with parameters as a JSON object that includes those of the path. A list gives one page.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for an unknown id, name or type, before anything is sent;
    /// then every other kind.
    #[doc(hidden)]
    pub fn invoke(&self, id: &str, params_json: &str, options: &CallOptions) -> Result<Answer> {
        let sender = self.sender();
        sender.block(self.resumable_invoke(id, params_json, options))
    }

    /// The same as [`invoke`](Client::invoke), for the pool.
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub async fn resumable_invoke(
        &self,
        id: &str,
        params_json: &str,
        options: &CallOptions,
    ) -> Result<Answer> {
        let (sender, operation) = (self.sender(), operation_of(id)?);
        match operation.polled {
            Polled::No => invoke::untyped(sender, operation, params_json, options).await,
            Polled::Results => {
                let made = invoke::untyped(sender, operation, params_json, options).await?;
                document_intelligence::poll_results(sender, operation, made, options).await
            }
            Polled::Completed => {
                forms::await_completion(sender, operation, params_json, options).await
            }
        }
    }

    /// Sends a request that is no operation's, with its parts as a JSON object: `query`, `body`, `safe`, `headers`.
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub fn raw_request(
        &self,
        method: &str,
        path: &str,
        parts_json: &str,
        options: &CallOptions,
    ) -> Result<Answer> {
        let sender = self.sender();
        sender.block(self.resumable_request(method, path, parts_json, options))
    }

    /// The same as [`raw_request`](Client::raw_request), for the pool.
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub async fn resumable_request(
        &self,
        method: &str,
        path: &str,
        parts_json: &str,
        options: &CallOptions,
    ) -> Result<Answer> {
        let sender = self.sender();
        let parts = RequestOptions::from_json(parts_json)
            .map_err(|error| raw_request::named(sender, method, path, error))?;
        raw_request::send(sender, method, path, parts, options).await
    }

    /// Names a request in an error that a binding found before it sent it.
    #[doc(hidden)]
    pub fn placed_request(&self, method: &str, path: &str, error: Error) -> Error {
        raw_request::named(self.sender(), method, path, error)
    }

    /// Sends a file by an operation's id. See [`Client::invoke`].
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub fn upload(
        &self,
        id: &str,
        params_json: &str,
        upload: Upload<'_>,
        options: &CallOptions,
    ) -> Result<Answer> {
        let sender = self.sender();
        sender.block(self.resumable_upload(id, params_json, upload, options))
    }

    /// The same as [`upload`](Client::upload), for the pool.
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub async fn resumable_upload(
        &self,
        id: &str,
        params_json: &str,
        upload: Upload<'_>,
        options: &CallOptions,
    ) -> Result<Answer> {
        let (sender, operation) = (self.sender(), operation_of(id)?);
        transfers::untyped_upload(sender, operation, params_json, upload, options).await
    }

    /// Fetches a file by an operation's id. See [`Client::invoke`].
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub fn download(
        &self,
        id: &str,
        params_json: &str,
        to: Download<'_>,
        options: &CallOptions,
    ) -> Result<File> {
        let sender = self.sender();
        sender.block(self.resumable_download(id, params_json, to, options))
    }

    /// The same as [`download`](Client::download), for the pool.
    ///
    /// # Errors
    /// Every kind.
    #[doc(hidden)]
    pub async fn resumable_download(
        &self,
        id: &str,
        params_json: &str,
        to: Download<'_>,
        options: &CallOptions,
    ) -> Result<File> {
        let (sender, operation) = (self.sender(), operation_of(id)?);
        transfers::untyped_download(sender, operation, params_json, to, options).await
    }

    /// Makes a pager of a list operation by its id. Sends nothing yet.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for an id that is no list, or bad parameters.
    #[doc(hidden)]
    pub fn pager(
        &self,
        id: &str,
        params_json: &str,
        options: CallOptions,
    ) -> Result<DocumentPager> {
        let operation = operation_of(id)?;
        if !operation.is_list() {
            return Err(Error::invalid_argument(format!(
                "{} is not a list",
                operation.id
            )));
        }
        DocumentPager::new(self.sender(), operation, params_json, options)
    }

    /// Names an operation, and what else the client knows, in an error that a binding found before it called.
    #[doc(hidden)]
    pub fn placed(&self, id: &str, error: Error) -> Error {
        match registry::find(id) {
            Some(operation) => invoke::placed(self.sender(), operation, error),
            None => error,
        }
    }
}

/// Returns the operation of this id.
fn operation_of(id: &str) -> Result<&'static OperationSpec> {
    registry::find(id).ok_or_else(|| {
        let ids: Vec<&str> = registry::OPERATIONS
            .iter()
            .map(|operation| operation.id)
            .collect();
        Error::invalid_argument(format!(
            "there is no operation {}",
            crate::error::printable(id, 64)
        ))
        .with_hint(format!("The operations are: {}.", ids.join(", ")))
    })
}
