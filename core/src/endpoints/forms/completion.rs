//! The answer to the question whether a form is completed.

use http::HeaderMap;
use jiff::Timestamp;

use crate::error::{Error, ErrorKind, Reason, printable};
use crate::json::{Document, Node, NodeKind, replace_lone_surrogates};
use crate::send::retry_after;

/// The state of a form for whoever waits for its completion.
#[derive(Debug, PartialEq)]
pub(super) enum Completion {
    /// The contact has completed it, or the answer is no form at all, which its reader reports.
    Reached,
    /// The contact may still complete it. With its status, for the message of a wait that ends.
    Open(String),
    /// The contact cannot complete it any more.
    Impossible(Reason),
}

impl Completion {
    /// The state of the form in an answer of `forms.get`.
    ///
    /// Statuses that are not documented are waited on, all but those whose name says that nothing comes any more: the guides know
    /// an `expired`, which the API does not list.
    pub(super) fn of(text: &str, headers: &HeaderMap, now: Timestamp) -> Completion {
        let mut text = text.to_owned();
        replace_lone_surrogates(&mut text);
        match Document::of(text) {
            Ok(document) if document.root().kind() == NodeKind::Object => {
                // The server's clock alone decides whether its own date has passed. Without a `Date` the status has to say it.
                of_form(document.root(), retry_after::sent_at(headers, now))
            }
            _ => Completion::Reached,
        }
    }
}

fn of_form(form: Node<'_>, now: Option<Timestamp>) -> Completion {
    let text = |name: &str| form.get(name).and_then(Node::as_str);
    let status = text("status").unwrap_or("unknown");
    match status {
        "completed" | "processed" => return Completion::Reached,
        "declined" => return Completion::Impossible(Reason::FormDeclined),
        "expired" => return Completion::Impossible(Reason::FormExpired),
        "cancelled" | "canceled" => return Completion::Impossible(Reason::FormCancelled),
        "archived" => return Completion::Impossible(Reason::FormArchived),
        "deleted" => return Completion::Impossible(Reason::FormDeleted),
        _ => {}
    }
    if form.get("archived").and_then(Node::as_bool) == Some(true) {
        return Completion::Impossible(Reason::FormArchived);
    }
    let end = text("active_until").and_then(|end| end.parse::<Timestamp>().ok());
    match (end, now) {
        (Some(end), Some(now)) if end < now => Completion::Impossible(Reason::FormExpired),
        _ => Completion::Open(printable(status, 40)),
    }
}

/// The error of a wait for a form that cannot be completed any more.
pub(super) fn impossible(id: &str, reason: Reason) -> Error {
    let why = match reason {
        Reason::FormDeclined => "the contact declined it",
        Reason::FormExpired => "its time is over",
        Reason::FormCancelled => "it was cancelled",
        Reason::FormDeleted => "it is no longer there",
        _ => "it was archived",
    };
    let id = printable(id, 64);
    let message = format!("the form {id} will not be completed: {why}");
    Error::new(ErrorKind::NotCompleted, message).with_reason(reason)
}

#[cfg(test)]
mod tests {
    use http::header::{DATE, HeaderValue};

    use super::*;

    fn seen(form: &str, date: Option<&'static str>) -> Completion {
        let headers = date.map(|date| (DATE, HeaderValue::from_static(date)));
        let now = "2031-01-01T00:00:00Z".parse().unwrap();
        Completion::of(form, &headers.into_iter().collect(), now)
    }

    #[test]
    fn a_status_says_whether_the_form_can_still_be_completed() {
        let impossible = Completion::Impossible;
        for (status, expected) in [
            ("completed", Completion::Reached),
            ("processed", Completion::Reached),
            ("declined", impossible(Reason::FormDeclined)),
            ("expired", impossible(Reason::FormExpired)),
            ("cancelled", impossible(Reason::FormCancelled)),
            ("canceled", impossible(Reason::FormCancelled)),
            ("archived", impossible(Reason::FormArchived)),
            ("deleted", impossible(Reason::FormDeleted)),
        ] {
            let form = format!(r#"{{"id": "f-1", "status": "{status}"}}"#);
            assert_eq!(seen(&form, None), expected, "{status}");
        }
        for status in ["draft", "pending", "in_progress", "COMPLETED", ""] {
            let form = format!(r#"{{"id": "f-1", "status": "{status}"}}"#);
            assert_eq!(seen(&form, None), Completion::Open(status.to_owned()));
        }
        for form in ["{}", r#"{"status": null}"#, r#"{"status": 3}"#] {
            let open = Completion::Open("unknown".to_owned());
            assert_eq!(seen(form, None), open, "{form}");
        }
    }

    #[test]
    fn a_completed_form_stays_completed_in_the_archive_and_after_its_end() {
        let form =
            r#"{"status": "completed", "archived": true, "active_until": "2020-01-01T00:00:00Z"}"#;
        let date = Some("Tue, 01 Jan 2030 00:00:00 GMT");
        assert_eq!(seen(form, date), Completion::Reached);
        let form = r#"{"status": "pending", "archived": true}"#;
        let archived = Completion::Impossible(Reason::FormArchived);
        assert_eq!(seen(form, None), archived);
    }

    #[test]
    fn the_servers_clock_decides_whether_the_form_has_expired() {
        let open = || Completion::Open("pending".to_owned());
        let form = |end: &str| format!(r#"{{"status": "pending", "active_until": {end}}}"#);
        let ended = form(r#""2030-01-01T00:00:00Z""#);
        for (form, date, expected) in [
            (&ended, Some("Tue, 01 Jan 2030 00:00:01 GMT"), None),
            (&ended, Some("Mon, 31 Dec 2029 23:59:59 GMT"), Some(open())),
            // The caller's own clock is a year further.
            (&ended, None, Some(open())),
            (
                &form("null"),
                Some("Tue, 01 Jan 2030 00:00:01 GMT"),
                Some(open()),
            ),
            (
                &form(r#""soon""#),
                Some("Tue, 01 Jan 2030 00:00:01 GMT"),
                Some(open()),
            ),
        ] {
            let expected = expected.unwrap_or(Completion::Impossible(Reason::FormExpired));
            assert_eq!(seen(form, date), expected, "{form} {date:?}");
        }
    }

    #[test]
    fn what_is_no_form_is_left_to_its_reader() {
        for text in ["", "null", "[]", "<html>", r#"{"status": "pend"#] {
            assert_eq!(seen(text, None), Completion::Reached, "{text}");
        }
    }
}
