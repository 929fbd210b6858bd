//! The hints: a next step for each kind of failure.
//!
//! The texts for 401, 403 and 429 make the debugging list of the API's Authentication page concrete.

use super::kind::ErrorKind;
use super::names::name;
use super::reason::Reason;
use super::webhook_hint as webhook;

/// The next step for a kind and reason, where one is known.
pub(crate) fn of(kind: ErrorKind, reason: Option<Reason>) -> Option<&'static str> {
    Some(match (kind, reason) {
        (ErrorKind::BadRequest, _) => {
            "Check the parameters against the operation's documentation; a template or owner that does not exist is answered this way too."
        }
        (ErrorKind::Authentication, _) => {
            "The token is invalid, expired or revoked. Check that it is complete, starts with pnbx_ and is still listed at https://app.penbox.io/workspace/settings/api, or create a new one there."
        }
        (ErrorKind::PermissionDenied, _) => {
            "The token has no access to this resource. Tokens belong to one workspace: use the token of the workspace that holds it."
        }
        (ErrorKind::NotFound, _) => {
            "Check the id or slug, and that it belongs to the token's workspace (and, for a form template, that it is enabled there)."
        }
        (ErrorKind::Conflict, _) => {
            "Read the object's present state before trying again: the step may be started already, or the slug may exist in several workspaces."
        }
        (ErrorKind::PayloadTooLarge, _) => "Send a smaller body.",
        (ErrorKind::UnprocessableEntity, _) => {
            "The request is well-formed but breaks a rule of the form or case; the message says which."
        }
        (ErrorKind::RateLimit, _) => {
            concat!(
                "Wait for ",
                name!("error.retry_after"),
                " before the next call, spread calls over time, and prefer webhooks to polling."
            )
        }
        (ErrorKind::Server, _) => {
            "The service failed. Safe calls can be repeated after a pause; after a failed create look for the object before sending it again."
        }
        (ErrorKind::Connection, Some(Reason::Dns)) => {
            concat!(
                "The host name did not resolve: check ",
                name!("base_url"),
                ", the network and the DNS settings."
            )
        }
        (ErrorKind::Connection, Some(Reason::Refused)) => {
            concat!(
                "Nothing listens at this address: check ",
                name!("base_url"),
                " and that the server is running."
            )
        }
        (ErrorKind::Connection, _) => {
            "Check the network, firewall and proxy; if the outcome is unknown, look for the object before sending it again."
        }
        (ErrorKind::Tls, _) => {
            concat!(
                "The server's certificate was not accepted. A company proxy that inspects TLS needs its CA to be trusted: give its file as ",
                name!("ca_file"),
                name!("trust.or_environment"),
                "; verification cannot be switched off."
            )
        }
        (ErrorKind::Timeout, _) => {
            concat!(
                "Raise ",
                name!("timeout"),
                " (for a file ",
                name!("file_timeout"),
                "), or the limit of this phase, if the network is slow; if the outcome is unknown, look for the object before sending it again."
            )
        }
        (ErrorKind::Response, Some(Reason::Redirect)) => {
            concat!(
                "The API does not redirect: check that ",
                name!("base_url"),
                " is the API's address (https://connect.penbox.io/v1)."
            )
        }
        (ErrorKind::Response, Some(Reason::TooLarge)) => {
            concat!(
                "Ask for smaller pages, or raise ",
                name!("max_response_bytes"),
                "."
            )
        }
        (ErrorKind::Response, Some(Reason::PaginationLoop)) => {
            "The server repeats a page. Read single pages by number, and report it to Penbox with the support report."
        }
        (ErrorKind::Response, Some(Reason::ContentType)) => {
            concat!(
                "Nothing was written. The body of this error shows what came instead of the file; a login page or a proxy may have answered: check ",
                name!("base_url"),
                " and any proxy."
            )
        }
        (ErrorKind::Response, Some(Reason::Partial)) => {
            "Nothing was written, and no part was asked for: something between the client and the API may have answered instead of it. Check any proxy or cache."
        }
        (ErrorKind::Response, _) => {
            concat!(
                "Something between the client and the API may have answered instead of it: check ",
                name!("base_url"),
                " and any proxy."
            )
        }
        (ErrorKind::Webhook, Some(reason)) => return webhook::of(reason),
        (ErrorKind::NotCompleted, Some(Reason::FormArchived)) => {
            concat!(
                "An archived form is closed to its contact: open it again with ",
                name!("operation.forms.update"),
                " (archived: false), and wait anew."
            )
        }
        (ErrorKind::NotCompleted, Some(Reason::FormExpired)) => {
            concat!(
                "Move its end with ",
                name!("operation.forms.update"),
                " (active_until), and wait anew."
            )
        }
        (ErrorKind::NotCompleted, _) => {
            "Waiting longer cannot help: create another form, if the answers are still wanted."
        }
        (ErrorKind::Closed, _) => "Make a new client: a closed one does not reopen.",
        (ErrorKind::Internal, _) => {
            "This is a fault of the SDK: please report it with the support report."
        }
        // Errors of settings, arguments and files bring a hint of their own, if there is one.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_refusal_of_a_delivery_has_a_hint_of_its_own() {
        let mut hints = BTreeSet::new();
        for reason in [
            Reason::Digest,
            Reason::DigestMissing,
            Reason::Signature,
            Reason::SignatureMissing,
            Reason::Audience,
            Reason::Issuer,
            Reason::Expired,
            Reason::NotYet,
            Reason::Method,
            Reason::UnknownKey,
            Reason::WeakKey,
            Reason::Algorithm,
            Reason::Critical,
            Reason::Header,
            Reason::Replayed,
            Reason::Malformed,
            Reason::ReplayStore,
            Reason::Decode,
        ] {
            let hint = of(ErrorKind::Webhook, Some(reason));
            let is_new = hint.is_some_and(|hint| hints.insert(hint));
            assert!(is_new, "{reason:?}: {hint:?}");
        }
        assert_eq!(of(ErrorKind::Webhook, Some(Reason::Dns)), None);
    }

    #[test]
    fn each_failure_with_a_next_step_has_a_hint_of_its_own() {
        let kinds = [
            ErrorKind::BadRequest,
            ErrorKind::Authentication,
            ErrorKind::PermissionDenied,
            ErrorKind::NotFound,
            ErrorKind::Conflict,
            ErrorKind::PayloadTooLarge,
            ErrorKind::UnprocessableEntity,
            ErrorKind::RateLimit,
            ErrorKind::Server,
            ErrorKind::Connection,
            ErrorKind::Tls,
            ErrorKind::Timeout,
            ErrorKind::Response,
            ErrorKind::Closed,
            ErrorKind::Internal,
            ErrorKind::NotCompleted,
        ];
        let reasons = [
            (ErrorKind::Connection, Reason::Dns),
            (ErrorKind::Connection, Reason::Refused),
            (ErrorKind::Response, Reason::Redirect),
            (ErrorKind::Response, Reason::TooLarge),
            (ErrorKind::Response, Reason::PaginationLoop),
            (ErrorKind::Response, Reason::ContentType),
            (ErrorKind::Response, Reason::Partial),
            (ErrorKind::NotCompleted, Reason::FormArchived),
            (ErrorKind::NotCompleted, Reason::FormExpired),
        ];
        let general = kinds.map(|kind| (kind, None));
        let special = reasons.map(|(kind, reason)| (kind, Some(reason)));
        let mut hints = BTreeSet::new();
        for (kind, reason) in general.into_iter().chain(special) {
            let hint = of(kind, reason);
            let is_new = hint.is_some_and(|hint| hints.insert(hint));
            assert!(is_new, "{kind} {reason:?}: {hint:?}");
        }
        // An error of an argument says itself what to do.
        assert_eq!(of(ErrorKind::InvalidArgument, None), None);
    }
}
