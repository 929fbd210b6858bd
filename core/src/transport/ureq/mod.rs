//! The transport over ureq. No other folder imports that library.

mod buffers;
mod connector;
mod credential;
mod errors;
#[cfg(any(test, fuzzing))]
pub(super) mod scripted;
mod tcp;
mod tls;

use std::io::{ErrorKind as Io, Read};
use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Response, Version};
use ureq::unversioned::transport::Connector;
use ureq::{Agent, AsSendBody, RequestExt, SendBody};

use self::buffers::SMALL;
use self::connector::{LazyResolver, SocketConnector};
use self::errors::{Stage, from_io, to_transport_error};
use super::call_context::CallContext;
use super::error::TransportError;
use super::exchange::{Body, Limits, Payload, Reply, Request, Transport};
use crate::config::Settings;

/// The longest head of an answer: one byte less than the buffer. ureq parses a head where it was read. A head that filled the buffer
/// would leave a read no space, and a read of zero bytes looks like a closed connection.
const HEAD_LIMIT: usize = SMALL - 1;

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

    /// Sends a request. Its token goes to the context, and a stand-in takes its place in the head.
    fn run(&self, request: Request<'_>) -> Result<Response<ureq::Body>, ureq::Error> {
        let mut head = http::Request::builder()
            .method(request.method)
            .uri(request.url);
        if let Some(headers) = head.headers_mut() {
            *headers = request.headers;
            if let Some(value) = headers.get_mut(AUTHORIZATION) {
                let stand_in = credential::stand_in(value)?;
                request
                    .context
                    .authorize(std::mem::replace(value, stand_in));
            }
            if let Payload::Stream(_, Some(length)) = &request.body {
                // Without a length in the head ureq sends the body of a reader in chunks.
                headers.insert(CONTENT_LENGTH, (*length).into());
            }
        }
        match request.body {
            Payload::Nothing => self.limited(head.body(())?, request.limits),
            Payload::Bytes(body) => self.limited(head.body(body.as_ref())?, request.limits),
            Payload::Stream(mut reader, _) => self.limited(
                head.body(SendBody::from_reader(&mut reader))?,
                request.limits,
            ),
        }
    }

    /// Sends a request within its limits. ureq hands them to the connection with each read and write.
    fn limited(
        &self,
        request: http::Request<impl AsSendBody>,
        limits: Limits,
    ) -> Result<Response<ureq::Body>, ureq::Error> {
        request
            .with_agent(&self.agent)
            .configure()
            .timeout_global(limits.attempt)
            .timeout_per_read(Some(limits.silence))
            .timeout_per_write(Some(limits.silence))
            .max_idle_age(limits.idle)
            .build()
            .run()
    }
}

impl Transport for Ureq {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError> {
        let context = Arc::clone(&request.context);
        let _entered = context.enter();
        let response = self
            .run(request)
            .map_err(|error| context.attribute(to_transport_error(error, Stage::Head)))?;
        let (mut head, body) = response.into_parts();
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
