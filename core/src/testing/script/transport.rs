//! The transport of a scripted client.

use http::header::{ACCEPT, AUTHORIZATION};

use super::answers::Answers;
use super::sent_request::SentRequest;
use crate::error::{ErrorKind, Reason, printable};
use crate::testing::route::operation_at;
use crate::transport::{Payload, Reply, Request, SendState, Transport, TransportError};

/// The address of a scripted client. The domain is reserved and never resolves (RFC 6761, section 6.4).
pub(super) const BASE_URL: &str = "https://scripted.invalid/v1";

/// The transport that hands each request to a script.
pub(super) struct Scripted {
    answers: Answers,
}

impl Scripted {
    pub(super) fn new(answers: Answers) -> Scripted {
        Scripted { answers }
    }

    /// The error of a request without an answer, which says what there is.
    fn unanswered(&self, shown: &str) -> TransportError {
        let shown = printable(shown, 200);
        let left = self.answers.left().into_iter();
        let left: Vec<_> = left
            .map(|(name, count)| format!("{name} ({count})"))
            .collect();
        let left = match left.is_empty() {
            true => "no answer is left".to_owned(),
            false => format!("left are those to {}", printable(&left.join(", "), 400)),
        };
        let message = format!("the script has no answer to {shown}: {left}");
        TransportError::new(ErrorKind::Internal, message, SendState::NotSent)
            .because(Reason::NotRecorded)
    }
}

impl Transport for Scripted {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError> {
        let context = request.context.clone();
        let sent = sent(request).map_err(|error| context.attribute(error))?;
        let shown = format!(
            "{} ({sent:?})",
            sent.operation.unwrap_or("an unknown request")
        );
        match self.answers.receive(sent) {
            Some(answer) => answer.into_reply(),
            None => Err(self.unanswered(&shown)),
        }
    }

    fn shutdown(&self) {}
}

/// Reads a request to its end.
fn sent(request: Request<'_>) -> Result<SentRequest, TransportError> {
    let path_and_query = request.url.strip_prefix(BASE_URL).unwrap_or(&request.url);
    let mut headers = request.headers;
    headers.remove(AUTHORIZATION);
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let path = path_and_query.split('?').next().unwrap_or_default();
    let operation = operation_at(request.method.as_str(), path, accept.unwrap_or_default());
    let body = match request.body {
        Payload::Nothing => Vec::new(),
        Payload::Bytes(bytes) => bytes.to_vec(),
        Payload::Stream(source, _) => {
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes).map_err(|error| {
                let message = format!("the request could not be sent: {error}");
                TransportError::new(ErrorKind::Connection, message, SendState::MaybeSent)
                    .because(Reason::Closed)
            })?;
            bytes
        }
    };
    Ok(SentRequest {
        operation,
        method: request.method.as_str().to_owned(),
        path_and_query: path_and_query.to_owned(),
        headers,
        body,
    })
}
