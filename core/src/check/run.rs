//! The check itself: the request, and the findings in their order.

use std::time::Duration;

use serde_json::Map;

use super::finding::{Findings, Level};
use super::options::CheckOptions;
use super::report::Report;
use super::{address, answer, clock, env_file, token, waits, workspaces};
use crate::call::invoke;
use crate::call::operation::OperationSpec;
use crate::call::request_builder::{self, PageOf};
use crate::cancel::CancelCause;
use crate::endpoints::registry;
use crate::error::{CurlRequest, Error, ErrorKind, Result};
use crate::language::Language;
use crate::send::{CallOptions, PreparedRequest, ProbeHead, Received, Sender, cancelled};

/// The quick test of a token (Authentication page, "Quick Test").
const OPERATION: &str = "workspaces.list";
/// The longest that the call of a check takes, unless the caller sets a limit. Who diagnoses a silent server should not wait for
/// as long as a call that does the work.
const LONGEST: Duration = Duration::from_secs(30);
/// The workspaces that the one request asks for, as many as the API gives at once.
const PAGE: PageOf = PageOf {
    number: 1,
    size: 100,
};

/// The end of the check's one call.
struct Called {
    result: Result<Received>,
    head: Option<ProbeHead>,
}

/// Checks a client.
///
/// # Errors
/// The kinds `closed`, `cancelled` and `internal` alone.
pub(crate) async fn check(
    sender: &Sender,
    call_options: &CallOptions,
    options: &CheckOptions,
) -> Result<Report> {
    let operation = operation()?;
    if sender.is_closed() {
        let error = cancelled(CancelCause::Client);
        return Err(invoke::placed(sender, operation, error));
    }
    let settings = &sender.settings;
    let language = settings.language;
    // Whether the token has worked must be known from before this call.
    let has_worked = sender.has_worked();
    let mut of_waits = Findings::new(language);
    let is_free = waits::look(&mut of_waits, sender);
    let called = match is_free {
        true => Some(call(sender, operation, call_options).await?),
        false => None,
    };
    let mut findings = Findings::new(language);
    let is_accepted = called.as_ref().is_some_and(|called| called.result.is_ok());
    // A provider or a command is asked by the call. Where it gave none, the call's own finding says so.
    let token = sender.token();
    if let Some(token) = &token {
        let source = sender.state().credentials.source();
        token::look(&mut findings, settings, token, &source, is_accepted);
    }
    env_file::look(&mut findings, options);
    address::look(&mut findings, settings);
    findings.list.append(&mut of_waits.list);
    if let Some(called) = called {
        match called.result {
            Ok(received) => {
                workspaces::look(&mut findings, received.text, options.workspace.as_deref());
            }
            Err(error) => answer::look(&mut findings, settings, &error, has_worked),
        }
        if let Some(head) = called.head {
            clock::look(&mut findings, &head);
        }
    }
    let request = curl_request(sender, call_options)?;
    let report = Report::new(findings).of_client(settings.base_url.as_str(), &request);
    Ok(match &token {
        Some(token) => report.without(token),
        None => report,
    })
}

/// The report for settings of which no client could be made.
pub(crate) fn check_of_error(error: &Error, language: Language, options: &CheckOptions) -> Report {
    let mut findings = Findings::new(language);
    let payload = error.payload_in(language);
    let id = match error.reason() {
        Some("token_missing") => "token_missing",
        Some("token_malformed") => "token_malformed",
        _ => "settings",
    };
    let message = format!(
        "No client could be made: {}.",
        payload.message.trim_end_matches('.')
    );
    match payload.hint {
        Some(hint) => findings.add_with_fix(id, Level::Error, message, hint),
        None => findings.add(id, Level::Error, message),
    }
    env_file::look(&mut findings, options);
    Report::new(findings)
}

/// The request of a check, for its curl line.
pub(crate) fn curl_request(sender: &Sender, options: &CallOptions) -> Result<CurlRequest> {
    // Options that no request can be made of are a finding of the call, and no part of the line.
    let request = request(sender, operation()?, options);
    let request = request.or_else(|_| request_without_options(sender))?;
    Ok(sender.curl_request(&request))
}

fn request_without_options(sender: &Sender) -> Result<PreparedRequest> {
    request(sender, operation()?, &CallOptions::new())
}

/// Makes the one call. Only its end by the caller is an error of the check.
async fn call(
    sender: &Sender,
    operation: &'static OperationSpec,
    options: &CallOptions,
) -> Result<Called> {
    let once = CallOptions::new().max_attempts(1);
    let mut options = options.with(once);
    options.timeout = options
        .timeout
        .or(Some(LONGEST.min(sender.settings.limits.total)));
    let request = match request(sender, operation, &options) {
        Ok(request) => request,
        Err(error) => {
            let result = Err(error);
            return Ok(Called { result, head: None });
        }
    };
    let (result, head) = sender.probe(&request, &options).await;
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::Closed | ErrorKind::Cancelled) => {
            Err(error)
        }
        result => Ok(Called { result, head }),
    }
}

fn request(
    sender: &Sender,
    operation: &'static OperationSpec,
    options: &CallOptions,
) -> Result<PreparedRequest> {
    let (none, language) = (Map::new(), sender.settings.language);
    request_builder::build(operation, &[], &none, Some(PAGE), options, language)
}

fn operation() -> Result<&'static OperationSpec> {
    registry::find(OPERATION).ok_or_else(|| Error::internal("the operation of the check is gone"))
}
