//! The finding about a call that failed: each cause has a name of its own.

use super::address::trusted;
use super::finding::{Findings, Level};
use crate::config::Settings;
use crate::error::{Error, ErrorKind};

/// The hint for an `Authorization` header that the server did not get. The client writes it in each request.
const HEADER_LOST: &str = "Something between the client and the API removes the header: look at the proxy, the gateway and their rules.";

/// Looks at a failure. `has_worked` says that the API has accepted the token before.
pub(super) fn look(findings: &mut Findings, settings: &Settings, error: &Error, has_worked: bool) {
    let payload = error.payload_in(findings.language);
    let said = payload.message.trim_end_matches('.').to_owned();
    let id = match (error.kind(), error.reason()) {
        (ErrorKind::Authentication, _) => return refused(findings, error, &said, has_worked),
        (ErrorKind::Connection, Some("dns")) => "dns",
        (ErrorKind::Connection, Some("refused")) => "refused",
        (ErrorKind::Connection, Some("proxy")) => "proxy_failed",
        (ErrorKind::Connection, _) => "connection",
        (ErrorKind::Tls, _) => "tls",
        (ErrorKind::Timeout, _) => "timeout",
        (ErrorKind::PermissionDenied, _) => "no_access",
        (ErrorKind::RateLimit, _) => "rate_limited",
        (ErrorKind::Server, _) => "server_error",
        (ErrorKind::Response, _) => "answer",
        // A provider or a command that gives no token.
        (ErrorKind::Config, _) => "token_missing",
        _ => "call",
    };
    let message = match (error.kind(), error.http_status()) {
        (ErrorKind::Tls, _) => {
            format!("The call failed: {said}; TLS trusts {}.", trusted(settings))
        }
        (_, Some(status)) => format!("The call failed with HTTP {status}: {said}."),
        (_, None) => format!("The call failed: {said}."),
    };
    match (payload.retry_after_ms, payload.hint) {
        (Some(ms), Some(hint)) if id == "rate_limited" => {
            let message = format!(
                "{message} The server asks for a wait of {} s.",
                ms.div_ceil(1000)
            );
            findings.add_with_fix(id, Level::Error, message, hint);
        }
        (_, Some(hint)) => findings.add_with_fix(id, Level::Error, message, hint),
        (_, None) => findings.add(id, Level::Error, message),
    }
}

/// Adds the finding of a 401. The API has one message for a token that is invalid, expired or revoked (Authentication page), so
/// only a token that has worked before is said to be revoked or expired.
fn refused(findings: &mut Findings, error: &Error, said: &str, has_worked: bool) {
    let folded = said.to_ascii_lowercase();
    if folded.contains("missing") && folded.contains("authorization") {
        return findings.add_with_fix(
            "header_missing",
            Level::Error,
            format!("The server says \"{said}\", though the client sent the Authorization header."),
            HEADER_LOST,
        );
    }
    const NEW: &str = "Look for the token at https://app.penbox.io/workspace/settings/api, and create a new one if it is not listed there.";
    let status = error.http_status().unwrap_or_default();
    match has_worked {
        true => findings.add_with_fix(
            "token_revoked",
            Level::Error,
            format!("The token worked before in this client and is not accepted any more (HTTP {status}, {said}): it was revoked or has expired."),
            NEW,
        ),
        false => findings.add_with_fix(
            "token_not_accepted",
            Level::Error,
            format!("The API does not accept the token (HTTP {status}, {said}): it is wrong or not whole, has expired, or was revoked."),
            NEW,
        ),
    }
}
