//! The limit that ended a call. A timeout names it, so that its reader knows which setting to raise.

use std::time::{Duration, Instant};

use super::call::Call;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, name};

/// The limit that passed: its name, and its length where a setting has it.
struct PassedLimit {
    name: &'static str,
    length: Option<Duration>,
}

/// Names the limit that passed in the hint of a timeout. An error of any other kind, and one with a hint of its own, stays as it is.
pub(super) fn named(error: Error, call: &Call<'_>, settings: &Settings, now: Instant) -> Error {
    if error.kind() != ErrorKind::Timeout || error.has_own_hint() {
        return error;
    }
    let PassedLimit { name, length } = passed(call, settings, error.phase(), now);
    let length = length.map_or_else(String::new, |length| {
        format!(" ({} s)", length.as_secs_f32())
    });
    let work = work(error.phase());
    error.with_hint(format!(
        "{name}{length} passed {work}: raise it if that may take longer; if the outcome is unknown, look for the object before sending it again."
    ))
}

/// The limit that passed. The call's own come first: no other may outlast them, so where one is over it has ended the call.
fn passed(call: &Call<'_>, settings: &Settings, phase: Option<&str>, now: Instant) -> PassedLimit {
    let limits = &settings.limits;
    let is_over = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
    let setting = |name, length| PassedLimit {
        name,
        length: Some(length),
    };
    if is_over(call.deadline) {
        return match (call.options.timeout, call.is_file, limits.file) {
            // Without its length: of a poll's request it is what the calls before it have left.
            (Some(_), ..) | (None, true, None) => PassedLimit {
                name: name!("option.timeout"),
                length: None,
            },
            (None, true, Some(length)) => setting(name!("file_timeout"), length),
            (None, false, _) => setting(name!("timeout"), limits.total),
        };
    }
    if is_over(call.context.deadline()) {
        return setting(name!("attempt_timeout"), limits.attempt);
    }
    match phase {
        Some("resolve" | "connect") => setting(name!("connect_timeout"), limits.connect),
        _ => setting(name!("read_timeout"), limits.read),
    }
}

/// The work that a limit has ended.
fn work(phase: Option<&str>) -> &'static str {
    match phase {
        Some("resolve") => "while the name of the host was looked up",
        Some("connect") => "while a connection was made",
        Some("send") => "while the request was sent",
        Some("body") => "while the answer's body was received",
        Some("total") => "before the request was sent",
        _ => "while the answer was awaited",
    }
}
