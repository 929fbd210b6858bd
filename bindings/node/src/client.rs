//! A client as JavaScript holds it.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use penbox_core::Client;

use crate::cancel::NativeCancel;
use crate::channel::{Answered, Channel};
use crate::fault;
use crate::options;
use crate::pager::NativePager;

/// A client. It ends when JavaScript drops it, and with it the calls of an environment that was torn down.
#[napi]
pub struct NativeClient {
    pub(crate) client: Client,
    pub(crate) channel: Channel,
}

impl NativeClient {
    pub(crate) fn new(client: Client, channel: Channel) -> NativeClient {
        NativeClient { client, channel }
    }
}

#[napi]
impl NativeClient {
    /// The address the client talks to.
    #[napi(getter)]
    pub fn base_url(&self) -> String {
        self.client.base_url().to_owned()
    }

    /// Where the token was found.
    #[napi(getter)]
    pub fn token_source(&self) -> String {
        self.client.auth().source().to_string()
    }

    /// Eight hexadecimal digits that tell two tokens apart.
    #[napi(getter)]
    pub fn fingerprint(&self) -> String {
        self.client.auth().fingerprint()
    }

    /// Starts a call and settles the ticket with its answer; the payload of an error where it could not be started.
    #[napi]
    pub fn call(
        &self,
        ticket: f64,
        operation: String,
        params: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Option<String> {
        let client = self.client.clone();
        let cancel = NativeCancel::of(cancel);
        self.channel.run(ticket, move || {
            let options = options::read(&options, cancel.as_ref())
                .map_err(|error| client.placed(&operation, error))?;
            let answer = client.invoke(&operation, &params, &options)?;
            Ok(Some(Answered::text(answer.document.text())))
        })
    }

    /// Judges the parameters of a list and gives its pager, or the payload of the error. Sends nothing.
    #[napi]
    pub fn pager(
        &self,
        operation: String,
        params: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Either<NativePager, String> {
        fault::either(|| {
            options::read(&options, NativeCancel::of(cancel).as_ref())
                .map_err(|error| self.client.placed(&operation, error))
                .and_then(|options| self.client.pager(&operation, &params, options))
                .map(|pager| NativePager::new(pager, self.channel.clone()))
                .map_err(|error| fault::json(&error))
        })
    }

    /// The payload of the error for an argument of an operation that was refused in JavaScript.
    #[napi]
    pub fn refuse(&self, operation: String, message: String, hint: Option<String>) -> String {
        let error = fault::argument(message, hint);
        fault::json(&self.client.placed(&operation, error))
    }

    /// Ends the client: calls in flight end, later ones are refused.
    #[napi]
    pub fn close(&self) {
        self.client.close();
    }
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        self.client.close();
    }
}
