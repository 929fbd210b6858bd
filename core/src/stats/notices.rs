//! The notices of a server that an operation is going to end: the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use crate::auth::Token;
use crate::per_process::PerProcess;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");
/// The most characters that are kept of a header.
const MOST_TEXT: usize = 128;

/// The headers of one operation, as text that can be shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Notice {
    pub(super) deprecated: Option<String>,
    pub(super) sunset: Option<String>,
}

impl Notice {
    /// The notice of an answer; none in most.
    pub(super) fn of(token: &Token, headers: &HeaderMap) -> Option<Notice> {
        let (deprecated, sunset) = (headers.get(&DEPRECATION), headers.get(&SUNSET));
        if deprecated.is_none() && sunset.is_none() {
            return None;
        }
        let shown = |value: Option<&HeaderValue>| {
            let text = String::from_utf8_lossy(value?.as_bytes());
            Some(token.shown(&text, MOST_TEXT))
        };
        Some(Notice {
            deprecated: shown(deprecated),
            sunset: shown(sunset),
        })
    }

    /// Logs the notice, if it is the first of its operation in this process.
    pub(super) fn report(&self, operation: &'static str) {
        if !is_first(operation) {
            return;
        }
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "not given".to_owned());
        log::warn!(
            target: "penbox",
            "{operation} is deprecated by the server: Deprecation {}, Sunset {}; a newer version of the SDK may not need it",
            shown(&self.deprecated),
            shown(&self.sunset)
        );
    }
}

/// Reports whether an operation's notice is the first of this process.
fn is_first(operation: &'static str) -> bool {
    static REPORTED: PerProcess<Mutex<BTreeSet<&'static str>>> = PerProcess::unmade();
    let reported = REPORTED.get(Mutex::default);
    let mut reported = reported.lock().unwrap_or_else(PoisonError::into_inner);
    reported.insert(operation)
}
