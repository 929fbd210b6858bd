//! The transport over ureq: the only file that knows that library.

use std::error::Error as StdError;
use std::io::{ErrorKind as Io, Read};
use std::net::SocketAddr;

use http::Response;
use http::header::CONTENT_LENGTH;
use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, AsSendBody, RequestExt, SendBody, Timeout};

use super::{Body, Fault, Limits, Payload, Reached, Reply, Request, Transport};
use crate::config::Settings;
use crate::error::ErrorKind;

const BUFFER: usize = 16 * 1024;
/// One byte less than the buffer: ureq parses a head in its buffer, and a full buffer would look like a closed connection.
const HEAD_LIMIT: usize = BUFFER - 1;

/// Of every Unix: no descriptor is left for a socket, in the system or in the process.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

/// An agent with everything that acts on its own switched off: redirects, status errors, proxies of the environment.
pub(super) struct Ureq {
    agent: Agent,
}

impl Ureq {
    pub(super) fn new(settings: &Settings) -> Ureq {
        let tls = TlsConfig::builder().root_certs(RootCerts::WebPki).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .tls_config(tls)
            .max_response_header_size(HEAD_LIMIT)
            .input_buffer_size(BUFFER)
            .output_buffer_size(BUFFER)
            .max_idle_connections(settings.pool_size)
            .max_idle_connections_per_host(settings.pool_size)
            .build();
        Ureq {
            agent: Agent::with_parts(
                config,
                DefaultConnector::default(),
                Names(DefaultResolver::default()),
            ),
        }
    }

    fn run(&self, request: Request<'_>) -> Result<Response<ureq::Body>, ureq::Error> {
        let mut head = http::Request::builder()
            .method(request.method)
            .uri(request.url);
        if let Some(headers) = head.headers_mut() {
            *headers = request.headers;
            if let Payload::Stream(_, Some(length)) = &request.body {
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

    fn limited(
        &self,
        request: http::Request<impl AsSendBody>,
        limits: Limits,
    ) -> Result<Response<ureq::Body>, ureq::Error> {
        request
            .with_agent(&self.agent)
            .configure()
            .timeout_global(limits.attempt)
            .timeout_resolve(Some(limits.connect))
            .timeout_connect(Some(limits.connect))
            .timeout_per_read(Some(limits.silence))
            .timeout_per_write(Some(limits.silence))
            .build()
            .run()
    }
}

impl Transport for Ureq {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, Fault> {
        let response = self
            .run(request)
            .map_err(|error| fault_of(error, Stage::Head))?;
        let (head, body) = response.into_parts();
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: Box::new(Reader(body.into_reader())),
        })
    }

    fn shutdown(&self) {
        self.agent.clone().shutdown();
    }
}

/// Name look-up whose every failure is known as one: the system's resolver reports some as plain I/O errors. An address needs
/// none, and so not the thread that a look-up with a limit costs.
#[derive(Debug)]
struct Names(DefaultResolver);

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(address) = address_of(uri) {
            let mut found = self.0.empty();
            found.push(address);
            return Ok(found);
        }
        self.0
            .resolve(uri, config, timeout)
            .map_err(|error| match error {
                ureq::Error::Io(_) => ureq::Error::HostNotFound,
                other => other,
            })
    }
}

/// The address that stands in a URL, if it is none with a name.
fn address_of(uri: &http::Uri) -> Option<SocketAddr> {
    DefaultResolver::host_and_port(uri.scheme()?, uri.authority()?)?
        .parse()
        .ok()
}

struct Reader(ureq::BodyReader<'static>);

impl Body for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Fault> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == Io::Interrupted => continue,
                other => return other.map_err(|error| fault_of(from_io(error), Stage::Body)),
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Head,
    Body,
}

/// ureq wraps its own errors in `io::Error` while a body is read.
fn from_io(error: std::io::Error) -> ureq::Error {
    match error.downcast::<ureq::Error>() {
        Ok(inner) => inner,
        Err(error) => ureq::Error::Io(error),
    }
}

fn fault_of(error: ureq::Error, stage: Stage) -> Fault {
    let (kind, reason, phase, reached, message) = match &error {
        ureq::Error::HostNotFound => (
            ErrorKind::Connection,
            Some("dns"),
            None,
            Reached::Nothing,
            "the host name could not be resolved".to_owned(),
        ),
        ureq::Error::Timeout(limit) => timeout(*limit, stage),
        ureq::Error::Rustls(cause) => tls(&error, reached_in_tls(cause)),
        ureq::Error::Tls(_) | ureq::Error::TlsRequired | ureq::Error::Pem(_) => {
            tls(&error, Reached::Nothing)
        }
        ureq::Error::Io(io) if tls_cause(io).is_some() => {
            tls(&error, tls_cause(io).map_or(Reached::Maybe, reached_in_tls))
        }
        ureq::Error::Io(io) => broken(io, stage),
        ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => (
            ErrorKind::Connection,
            None,
            None,
            Reached::Nothing,
            "no connection could be made".to_owned(),
        ),
        ureq::Error::LargeResponseHeader(..) => protocol("the head of the answer is too large"),
        // The type of this error has no name outside ureq; D6 of the fault matrix guards its words.
        ureq::Error::Protocol(cause) if cause.to_string().contains("too many headers") => {
            protocol("the head of the answer is too large")
        }
        ureq::Error::Decompress(..) => (
            ErrorKind::Response,
            Some("DecodeError"),
            None,
            Reached::Maybe,
            "the answer's compressed body is damaged".to_owned(),
        ),
        ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => (
            ErrorKind::InvalidArgument,
            None,
            None,
            Reached::Nothing,
            "the request could not be written".to_owned(),
        ),
        _ => protocol("the answer is not valid HTTP"),
    };
    Fault {
        kind,
        reason,
        phase,
        message,
        reached,
        source: Some(Box::new(error)),
    }
}

type Facts = (
    ErrorKind,
    Option<&'static str>,
    Option<&'static str>,
    Reached,
    String,
);

fn timeout(limit: Timeout, stage: Stage) -> Facts {
    let (phase, reached) = match limit {
        Timeout::Resolve => ("resolve", Reached::Nothing),
        Timeout::Connect => ("connect", Reached::Nothing),
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => ("send", Reached::Maybe),
        _ if stage == Stage::Body => ("body", Reached::Maybe),
        _ => ("response", Reached::Maybe),
    };
    let message = match phase {
        "resolve" => "the host name was not resolved in time",
        "connect" => "no connection was made in time",
        "send" => "the request could not be sent in time",
        "body" => "the answer's body did not come in time",
        _ => "the server did not answer in time",
    };
    (
        ErrorKind::Timeout,
        None,
        Some(phase),
        reached,
        message.to_owned(),
    )
}

fn tls(error: &ureq::Error, reached: Reached) -> Facts {
    let message =
        crate::error::printable(&format!("TLS failed: {error}"), crate::error::MAX_MESSAGE);
    (ErrorKind::Tls, None, None, reached, message)
}

/// How far a request got whose connection broke in TLS. What only a handshake can meet came before the first byte of it;
/// the rest may have come later.
fn reached_in_tls(error: &rustls::Error) -> Reached {
    match error {
        rustls::Error::AlertReceived(_)
        | rustls::Error::DecryptError
        | rustls::Error::EncryptError
        | rustls::Error::PeerMisbehaved(_) => Reached::Maybe,
        _ => Reached::Nothing,
    }
}

fn tls_cause(error: &std::io::Error) -> Option<&rustls::Error> {
    let mut source: Option<&(dyn StdError + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        if let Some(cause) = inner.downcast_ref::<rustls::Error>() {
            return Some(cause);
        }
        source = inner.source();
    }
    None
}

fn broken(error: &std::io::Error, stage: Stage) -> Facts {
    let at_connect = matches!(
        error.kind(),
        Io::ConnectionRefused
            | Io::HostUnreachable
            | Io::NetworkUnreachable
            | Io::AddrNotAvailable
            | Io::NetworkDown
    ) || matches!(error.raw_os_error(), Some(ENFILE | EMFILE));
    if at_connect {
        let refused = error.kind() == Io::ConnectionRefused;
        let message = if refused {
            "the connection was refused"
        } else {
            "the host cannot be reached"
        };
        let reason = refused.then_some("refused");
        return (
            ErrorKind::Connection,
            reason,
            None,
            Reached::Nothing,
            message.to_owned(),
        );
    }
    if matches!(error.kind(), Io::TimedOut | Io::WouldBlock) {
        return timeout(Timeout::PerRead, stage);
    }
    if stage == Stage::Body {
        return truncated();
    }
    let (reason, message) = match error.kind() {
        Io::ConnectionReset => ("reset", "the connection was reset before an answer came"),
        _ => ("closed", "the connection was closed before an answer came"),
    };
    (
        ErrorKind::Connection,
        Some(reason),
        None,
        Reached::Maybe,
        message.to_owned(),
    )
}

fn truncated() -> Facts {
    (
        ErrorKind::Response,
        Some("TruncatedResponse"),
        None,
        Reached::Maybe,
        "the answer was cut short".to_owned(),
    )
}

fn protocol(message: &str) -> Facts {
    (
        ErrorKind::Response,
        Some("ProtocolError"),
        None,
        Reached::Maybe,
        message.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_url_is_not_looked_up() {
        let of = |url: &str| address_of(&url.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(
            of("http://127.0.0.1:80/v1").as_deref(),
            Some("127.0.0.1:80")
        );
        assert_eq!(of("https://192.0.2.1/v1").as_deref(), Some("192.0.2.1:443"));
        assert_eq!(of("https://[::1]:8443/v1").as_deref(), Some("[::1]:8443"));
        for named in [
            "http://localhost:80/",
            "https://1.example.com/",
            "https://1.2.3/",
            "https://0x7f.1/",
        ] {
            assert_eq!(of(named), None, "{named}");
        }
    }

    #[test]
    fn only_what_a_handshake_alone_can_meet_sent_nothing() {
        let of = |cause: rustls::Error| {
            fault_of(ureq::Error::Io(std::io::Error::other(cause)), Stage::Head)
        };
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
        let fault = of(alert);
        assert_eq!(
            (fault.kind, fault.reached),
            (ErrorKind::Tls, Reached::Maybe)
        );
        let fault = of(rustls::Error::NoCertificatesPresented);
        assert_eq!(
            (fault.kind, fault.reached),
            (ErrorKind::Tls, Reached::Nothing)
        );
    }
}
