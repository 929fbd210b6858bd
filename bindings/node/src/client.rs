//! The client for JavaScript.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use penbox_core::bindings::Recorder;
use penbox_core::{CallOptions, Client};

use crate::cancel::NativeCancel;
use crate::channel::Channel;
use crate::fault;
use crate::message::Answered;
use crate::observer::Observer;
use crate::options;
use crate::pager::NativePager;
use crate::token_requests::TokenRequests;

/// A client. It is closed when V8 collects it, which also ends the calls of an environment that was torn down.
#[napi]
pub struct NativeClient {
    pub(crate) client: Client,
    pub(crate) channel: Channel,
    requests: TokenRequests,
    observer: Option<Observer>,
    /// The calls of this object record their HTTP side. It is another view of a client, which it does not close.
    records: bool,
}

impl NativeClient {
    pub(crate) fn new(
        client: Client,
        channel: Channel,
        requests: TokenRequests,
        observer: Option<Observer>,
    ) -> NativeClient {
        NativeClient {
            client,
            channel,
            requests,
            observer,
            records: false,
        }
    }

    /// The options with a recorder of the call's own, where calls are recorded.
    pub(crate) fn recorded(&self, options: CallOptions) -> CallOptions {
        match self.records {
            true => options.record(&Recorder::default()),
            false => options,
        }
    }

    /// The options of a call that begins now, whose messages have this ticket.
    pub(crate) fn begun(&self, options: CallOptions, ticket: f64) -> CallOptions {
        let options = self.recorded(options.begin());
        match &self.observer {
            Some(observer) => observer.marked(options, ticket),
            None => options,
        }
    }
}

#[napi]
impl NativeClient {
    /// The API's address with its version.
    #[napi(getter)]
    pub fn base_url(&self) -> String {
        self.client.base_url().to_owned()
    }

    /// The place where the token was found, in words.
    #[napi(getter)]
    pub fn token_source(&self) -> String {
        self.client.auth().source().to_string()
    }

    /// Eight hexadecimal digits of a hash of the token; none while nobody was asked for it.
    #[napi(getter)]
    pub fn fingerprint(&self) -> Option<String> {
        self.client.auth().fingerprint()
    }

    /// Replaces the token. Returns the payload of an error for what is no token, and of a closed client.
    #[napi]
    pub fn set_token(&self, token: String) -> Option<String> {
        self.client
            .set_token(token)
            .err()
            .map(|error| fault::json(&error))
    }

    /// Answers a question for the token.
    #[napi]
    pub fn give_token(&self, number: u32, token: String) {
        if let Some(request) = self.requests.take(number) {
            request.give(token);
        }
    }

    /// Answers a question for the token by the fault of the function: `raised` with its error's text, `type` with what it
    /// returned, and `nothing`.
    #[napi]
    pub fn refuse_token(&self, number: u32, fault: String, text: String) {
        if let Some(request) = self.requests.take(number) {
            match fault.as_str() {
                "raised" => request.raised(&text, None),
                "type" => request.not_text(&text),
                // The drop says that there was nothing.
                _ => drop(request),
            }
        }
    }

    /// Answers a hook: with the headers that it adds, names and values in turn, or with the text of its error.
    #[napi]
    pub fn answer_hook(&self, number: u32, headers: Vec<String>, error: Option<String>) {
        if let Some(observer) = &self.observer {
            observer.answer(number, error.map_or(Ok(headers), Err));
        }
    }

    /// Says that the calls which are made now run no hooks (1), and are not logged either (2), until it is told 0.
    #[napi]
    pub fn quiet(&self, part: u8) {
        if let Some(observer) = &self.observer {
            observer.quiet(part);
        }
    }

    /// Starts a call, whose answer is sent with this ticket. Returns the payload of an error if it could not be started.
    #[napi]
    pub fn call(
        &self,
        ticket: f64,
        operation: String,
        params: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Option<String> {
        // Read here and not in the pool, which has to know the call's time limit while the call waits for a thread.
        let options = match options::read(&options, NativeCancel::of(cancel).as_ref()) {
            Ok(options) => self.begun(options, ticket),
            Err(error) => return Some(fault::json(&self.client.placed(&operation, error))),
        };
        let (channel, heads) = (self.channel.clone(), self.channel.clone());
        // The call has a handle of its own: JavaScript may drop this object while it runs.
        let (client, id, given) = (self.client.clone(), operation.clone(), options.clone());
        let call = async move {
            let answer = client.resumable_invoke(&id, &params, &given).await?;
            heads.head(ticket, answer.response.as_deref());
            Ok(Some(Answered::text(answer.document.text())))
        };
        let done = move |end| channel.finish(ticket, end);
        self.client.start(&operation, &options, call, done);
        None
    }

    /// Another view of this client, whose calls send their HTTP side before their end.
    #[napi]
    pub fn with_response(&self) -> NativeClient {
        NativeClient {
            client: self.client.clone(),
            channel: self.channel.clone(),
            requests: self.requests.clone(),
            observer: self.observer.clone(),
            records: true,
        }
    }

    /// Starts a request that no operation makes. `parts` is a JSON object of `query`, `body`, `safe` and `headers`. See `call`.
    #[napi]
    pub fn request(
        &self,
        ticket: f64,
        method: String,
        path: String,
        parts: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Option<String> {
        let options = match options::read(&options, NativeCancel::of(cancel).as_ref()) {
            Ok(options) => self.begun(options, ticket),
            Err(error) => {
                let error = self.client.placed_request(&method, &path, error);
                return Some(fault::json(&error));
            }
        };
        let (channel, heads) = (self.channel.clone(), self.channel.clone());
        let (client, given) = (self.client.clone(), options.clone());
        let call = async move {
            let answer = client
                .resumable_request(&method, &path, &parts, &given)
                .await?;
            heads.head(ticket, answer.response.as_deref());
            Ok(Some(Answered::text(answer.document.text())))
        };
        let done = move |end| channel.finish(ticket, end);
        self.client.start("request", &options, call, done);
        None
    }

    /// Forgets the answers that the client keeps.
    #[napi]
    pub fn clear_cache(&self) {
        self.client.clear_cache();
    }

    /// Tells the waits for a form that it has changed, and returns their number.
    #[napi]
    pub fn notify_form(&self, id: String) -> f64 {
        self.client.notify_form(&id) as f64
    }

    /// The use of the cache: hits, misses, entries and bytes.
    #[napi]
    pub fn cache_stats(&self) -> Vec<f64> {
        let stats = self.client.cache_stats();
        let numbers = [stats.hits, stats.misses, stats.entries, stats.bytes];
        numbers.map(|number| number as f64).to_vec()
    }

    /// Validates the parameters of a list, and returns its pager or the payload of the error. Sends no request.
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
                .and_then(|options| {
                    let options = self.recorded(options);
                    self.client.pager(&operation, &params, options)
                })
                .map(|pager| NativePager::new(pager, self.channel.clone(), self.observer.clone()))
                .map_err(|error| fault::json(&error))
        })
    }

    /// The payload of the error for an operation's argument that JavaScript refused itself.
    #[napi]
    pub fn refuse(&self, operation: String, message: String, hint: Option<String>) -> String {
        let error = fault::argument(message, hint);
        fault::json(&self.client.placed(&operation, error))
    }

    /// The payload of the error for an argument of `request` that JavaScript refused itself.
    #[napi]
    pub fn refuse_request(
        &self,
        method: String,
        path: String,
        message: String,
        hint: Option<String>,
    ) -> String {
        let error = fault::argument(message, hint);
        fault::json(&self.client.placed_request(&method, &path, error))
    }

    /// Ends the client: calls in flight end, later ones are refused. It may be called again.
    #[napi]
    pub fn close(&self) {
        self.client.close();
    }
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        if !self.records {
            self.client.close();
            if let Some(observer) = &self.observer {
                observer.close();
            }
        }
    }
}
