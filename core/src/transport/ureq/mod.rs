//! The transport over ureq. No other folder imports that library.

mod buffers;
mod connector;
mod credential;
mod early_answer;
mod errors;
mod keep_alive;
mod layer;
mod lazy_resolver;
mod paused_body;
#[cfg(any(test, fuzzing))]
pub(super) mod scripted;
mod socket;
mod step_timer;
mod tcp;
mod tls;
mod tls_hint;

use std::io::{ErrorKind as Io, Read};
use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Response, Version};
use ureq::unversioned::transport::Connector;
use ureq::{Agent, AsSendBody, RequestExt, SendBody};

use self::buffers::LARGE;
use self::connector::SocketConnector;
use self::early_answer::EarlyAnswer;
use self::errors::{Stage, from_io, to_transport_error};
use self::lazy_resolver::LazyResolver;
use self::paused_body::PausedBody;
use super::call_context::CallContext;
use super::error::{SendState, TransportError};
use super::exchange::{Body, Payload, Reply, Request, Transport};
use super::limits::Limits;
use crate::config::Settings;

/// The longest head of an answer: one byte less than the buffer. ureq parses a head where it was read. A head that filled the buffer
/// would leave a read no space, and a read of zero bytes looks like a closed connection.
const HEAD_LIMIT: usize = LARGE - 1;

/// A ureq agent with everything that acts on its own switched off: redirects, status errors, proxies of the environment. It keeps
/// the idle connections and frames HTTP. Making connections, and all input and output on them, is ours.
pub(super) struct Ureq {
    agent: Agent,
}

impl Ureq {
    pub(super) fn new(settings: &Settings) -> Ureq {
        Ureq::over(settings, SocketConnector::new(settings))
    }

    /// A transport whose connections another connector makes.
    pub(super) fn over(settings: &Settings, connector: impl Connector) -> Ureq {
        let config = Agent::config_builder()
            // Any status is an answer: its body has the reason, and the send path makes the error.
            .http_status_as_error(false)
            // A redirect is returned as it is, and refused: it would carry the token elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Else ureq would take a proxy from the environment, which is the caller's to read.
            .proxy(None)
            .max_response_header_size(HEAD_LIMIT)
            .max_idle_connections(settings.pool_size)
            // A client has one host, of which ureq would keep 3 connections by default.
            .max_idle_connections_per_host(settings.pool_size)
            .build();
        Ureq {
            agent: Agent::with_parts(config, connector, LazyResolver),
        }
    }

    /// Sends a request, and returns the head of its answer, which may come before all of the request was sent.
    fn run(&self, request: Request<'_>) -> Result<Response<ureq::Body>, ureq::Error> {
        let (limits, context) = (request.limits, Arc::clone(&request.context));
        let early = match self.send(request) {
            Err(error) => EarlyAnswer::out_of(error)?,
            sent => return sent,
        };
        context.await_answer();
        // The library reads an answer only to a request. Of this one nothing is sent, so any will do.
        let head = http::Request::get("http://answered.invalid/").body(())?;
        limited(&early.into_agent(&self.agent), head, limits)
    }

    /// Sends a request. Its token goes to the context, and a stand-in takes its place in the head.
    fn send(&self, request: Request<'_>) -> Result<Response<ureq::Body>, ureq::Error> {
        let mut head = http::Request::builder()
            .method(request.method)
            .uri(request.url);
        if let Some(headers) = head.headers_mut() {
            *headers = request.headers;
            if let Some(value) = headers.get_mut(AUTHORIZATION) {
                let stand_in = credential::stand_in(value)?;
                let value = std::mem::replace(value, stand_in);
                let has_body = !matches!(request.body, Payload::Nothing);
                request.context.authorize(value, has_body);
            }
            if let Payload::Stream(_, Some(length)) = &request.body {
                // Without a length in the head ureq sends the body of a reader in chunks.
                headers.insert(CONTENT_LENGTH, (*length).into());
            }
        }
        match request.body {
            Payload::Nothing => limited(&self.agent, head.body(())?, request.limits),
            Payload::Bytes(body) => limited(&self.agent, head.body(body.as_ref())?, request.limits),
            Payload::Stream(body, length) => {
                let mut body = PausedBody {
                    body,
                    is_sized: length.is_some(),
                    context: &request.context,
                };
                let body = SendBody::from_reader(&mut body);
                limited(&self.agent, head.body(body)?, request.limits)
            }
        }
    }
}

/// Sends a request. ureq hands the limit of a silence to the connection with each read and write; the context has the others.
fn limited(
    agent: &Agent,
    request: http::Request<impl AsSendBody>,
    limits: Limits,
) -> Result<Response<ureq::Body>, ureq::Error> {
    request
        .with_agent(agent)
        .configure()
        .timeout_per_read(Some(limits.silence))
        .timeout_per_write(Some(limits.silence))
        .max_idle_age(limits.idle)
        .build()
        .run()
}

impl Transport for Ureq {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError> {
        let context = Arc::clone(&request.context);
        context.begin_attempt(&request.limits);
        let _entered = context.enter();
        let response = self.run(request).map_err(|error| {
            let mut error = to_transport_error(error, Stage::Head);
            if context.is_unsent() {
                error.send_state = SendState::NotSent;
            }
            context.attribute(error)
        })?;
        let (mut head, body) = response.into_parts();
        context.set_idle_limit(keep_alive::idle_limit(&head.headers));
        if head.headers.contains_key(CONTENT_LENGTH) && head.headers.contains_key(TRANSFER_ENCODING)
        {
            // Two lengths may mean a smuggled second answer: ureq trusts the chunks, and the connection is not used again (RFC
            // 9112, section 6.3).
            context.spoil();
        }
        // HTTP/1.0 has no transfer codings, and ureq decodes none there. Such an answer has no end that can be trusted, so it
        // counts as one that ends by the close.
        if head.version < Version::HTTP_11 && head.headers.remove(TRANSFER_ENCODING).is_some() {
            head.headers.remove(CONTENT_LENGTH);
        }
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: Box::new(Reader {
                body: body.into_reader(),
                context,
            }),
        })
    }

    fn shutdown(&self) {
        // ureq's `shutdown` takes the agent itself. The clone shares its pool.
        self.agent.clone().shutdown();
    }
}

/// The body of an answer.
struct Reader {
    body: ureq::BodyReader<'static>,
    context: Arc<CallContext>,
}

impl Body for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        // `exchange` left the context when it returned the head.
        let _entered = self.context.enter();
        loop {
            match self.body.read(buffer) {
                // A signal is no failure, and no byte of the body is lost by it.
                Err(error) if error.kind() == Io::Interrupted => continue,
                Err(error) => {
                    return Err(self
                        .context
                        .attribute(to_transport_error(from_io(error), Stage::Body)));
                }
                Ok(count) => return Ok(count),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, Method};

    use super::*;
    use crate::cancel::CancelScope;
    use crate::config::ClientBuilder;

    #[test]
    fn a_request_that_meets_a_closed_transport_was_not_sent() {
        let settings = ClientBuilder::new()
            .token("pnbx_closed")
            .base_url("http://127.0.0.1/v1")
            .build_settings()
            .unwrap();
        let transport = Ureq::new(&settings);
        // Another thread closes the client after the call's own look at it.
        transport.shutdown();
        let value = HeaderValue::from_static("Bearer pnbx_closed");
        let second = Duration::from_secs(1);
        let sent = transport.exchange(Request {
            method: Method::POST,
            url: "http://127.0.0.1/v1/forms".to_owned(),
            headers: HeaderMap::from_iter([(AUTHORIZATION, value)]),
            body: Payload::Bytes("{}".into()),
            limits: Limits {
                attempt: None,
                part: None,
                silence: second,
                idle: second,
            },
            context: Arc::new(CallContext::new(CancelScope::default(), second)),
        });
        let state = sent.err().map(|error| error.send_state);
        assert_eq!(state, Some(SendState::NotSent));
    }
}
