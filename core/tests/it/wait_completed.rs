//! Waits for the completion of a form, over real sockets: what ends them, and that they hold no thread.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use penbox::{CallOptions, CancelToken, Client, Error, ErrorKind, FormCreate, FormUpdate, Outcome};
use penbox_sandbox::{FormCompletion, FormSeed, Sandbox, SandboxOptions};

use crate::crowd::{Ended, PATIENCE, end, start};

const HOUR: Duration = Duration::from_secs(3600);

/// A sandbox with a pending form, and a client.
fn pending() -> (Sandbox, Client, String) {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let builder = Client::builder().token(sandbox.token());
    let client = builder.base_url(sandbox.url()).build().unwrap();
    let form = client.forms().create(FormCreate::new("client-onboarding"));
    let id = form.unwrap().id.to_string();
    sandbox.clear_requests();
    (sandbox, client, id)
}

fn patient() -> CallOptions {
    CallOptions::new().timeout(HOUR)
}

/// Waits in the pool.
fn pooled(client: &Client, id: &str, options: CallOptions) -> Ended {
    let params = format!(r#"{{"id": "{id}"}}"#);
    start(client, "forms.wait_completed", &params, options)
}

/// Waits on a thread of its own.
fn blocking(client: &Client, id: &str, options: CallOptions) -> Receiver<Result<String, Error>> {
    let (client, id) = (client.with_options(options), id.to_owned());
    let (sender, ended) = channel();
    thread::spawn(move || {
        let form = client.forms().wait_completed(&id);
        let _ = sender.send(form.map(|form| form.id.to_string()));
    });
    ended
}

/// Waits until the sandbox has had so many requests.
fn looked(sandbox: &Sandbox, count: usize) {
    let begun = Instant::now();
    while sandbox.requests().len() < count {
        assert!(begun.elapsed() < PATIENCE, "{}", sandbox.requests().len());
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_form_that_is_completed_later_ends_the_wait() {
    let (sandbox, client, id) = pending();
    let waits = [
        pooled(&client, &id, patient()),
        blocking(&client, &id, patient()),
    ];
    looked(&sandbox, 4);
    let completion = FormCompletion::default();
    sandbox.complete_form(&id, completion).unwrap();
    for wait in waits {
        assert!(end(&wait).unwrap().contains(&id));
    }
}

#[test]
fn a_hint_ends_the_pause_and_the_wait_looks_for_itself() {
    let (sandbox, client, id) = pending();
    let waits = [
        pooled(&client, &id, patient()),
        blocking(&client, &id, patient()),
    ];
    // After six looks each, the next pause is six seconds at the least.
    looked(&sandbox, 12);
    // A hint that is wrong brings looks, and does not end the waits.
    assert_eq!(client.clone().notify_form(&id), 2);
    looked(&sandbox, 14);
    assert_eq!(client.notify_form("another"), 0);
    for wait in &waits {
        assert!(wait.try_recv().is_err());
    }
    let completion = FormCompletion::default();
    sandbox.complete_form(&id, completion).unwrap();
    client.notify_form(&id);
    for wait in &waits {
        end(wait).unwrap();
    }
    assert_eq!(client.notify_form(&id), 0, "nobody waits any more");
}

#[test]
fn many_waits_hold_no_thread() {
    let (sandbox, _, _) = pending();
    let builder = Client::builder().token(sandbox.token()).max_workers(1);
    let client = builder.base_url(sandbox.url()).build().unwrap();
    let seed = FormSeed {
        count: 60,
        ..FormSeed::default()
    };
    let ids = sandbox.seed_forms(seed).unwrap();
    let waits: Vec<Ended> = ids
        .iter()
        .map(|id| pooled(&client, id, patient()))
        .collect();
    looked(&sandbox, 60);
    // The client's only worker is free for others.
    let params = format!(r#"{{"id": "{}"}}"#, ids[0]);
    end(&start(&client, "forms.get", &params, CallOptions::new())).unwrap();
    for id in &ids {
        let completion = FormCompletion::default();
        sandbox.complete_form(id, completion).unwrap();
        client.notify_form(id);
    }
    for wait in &waits {
        end(wait).unwrap();
    }
}

#[test]
fn a_cancel_and_a_close_end_the_wait_at_once() {
    let (sandbox, client, id) = pending();
    let token = CancelToken::new();
    let waits = |options: CallOptions| {
        [
            pooled(&client, &id, options.clone()),
            blocking(&client, &id, options),
        ]
    };
    let (cancelled, closed) = (waits(patient().cancel(&token)), waits(patient()));
    looked(&sandbox, 16);
    let begun = Instant::now();
    token.cancel();
    let ends = |waits: &[Ended], kind| {
        for wait in waits {
            let error = end(wait).unwrap_err();
            let facts = (error.kind(), error.outcome(), error.operation());
            let expected = (kind, Outcome::Done, Some("forms.wait_completed"));
            assert_eq!(facts, expected);
            assert!(error.attempts() >= 4, "{error:?}");
        }
    };
    ends(&cancelled, ErrorKind::Cancelled);
    for wait in &closed {
        assert!(wait.try_recv().is_err());
    }
    client.close();
    ends(&closed, ErrorKind::Closed);
    assert!(begun.elapsed() < Duration::from_secs(10));
    // One that was not begun yet has sent nothing.
    let late = end(&pooled(&client, &id, patient())).unwrap_err();
    let facts = (late.kind(), late.outcome());
    assert_eq!(facts, (ErrorKind::Closed, Outcome::NotSent));
}

#[test]
fn a_form_that_cannot_be_completed_any_more_ends_the_wait() {
    for (index, reason) in ["form_archived", "form_declined", "form_expired"]
        .into_iter()
        .enumerate()
    {
        let (sandbox, client, id) = pending();
        let waits = [
            pooled(&client, &id, patient()),
            blocking(&client, &id, patient()),
        ];
        looked(&sandbox, 2);
        let update = FormUpdate::default();
        match index {
            0 => drop(client.forms().update(&id, update.archived(true)).unwrap()),
            1 => {
                let declined = FormCompletion {
                    declined: true,
                    ..FormCompletion::default()
                };
                sandbox.complete_form(&id, declined).unwrap();
            }
            _ => {
                // The sandbox's clock and its `Date` are the same.
                let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
                let soon = update.active_until(soon.to_string());
                client.forms().update(&id, soon).unwrap();
            }
        }
        for wait in &waits {
            let error = end(wait).unwrap_err();
            let facts = (error.kind(), error.reason(), error.http_status());
            assert_eq!(facts, (ErrorKind::NotCompleted, Some(reason), Some(200)));
            assert_eq!((error.outcome(), error.retryable()), (Outcome::Done, false));
            assert!(error.body().unwrap().contains(&id));
        }
    }
}
