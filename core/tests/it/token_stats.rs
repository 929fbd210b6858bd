//! Stats and hooks of clients whose token comes late, or is replaced.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use penbox::{Client, ClientBuilder, ErrorKind, Outcome, Stats};

use crate::common::{Server, json};

const FORM: &str = r#"{"id":"a"}"#;

/// A token that no other test uses, so that the counts of its process are those of this test.
fn token(name: &str) -> String {
    format!("pnbx_{name}Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eX")
}

fn builder(server: &Server, name: &str) -> ClientBuilder {
    Client::builder().token(token(name)).base_url(server.url())
}

/// The lines that the hooks of a client wrote.
type Lines = Arc<Mutex<Vec<String>>>;

/// A builder whose hooks before and after an attempt write a line each.
fn recorded(builder: ClientBuilder) -> (ClientBuilder, Lines) {
    let lines = Lines::default();
    let [first, second] = [(); 2].map(|()| Arc::clone(&lines));
    let builder = builder
        .on_request(move |event| {
            let line = format!("request {}", event.attempt());
            first.lock().unwrap().push(line);
            Ok(())
        })
        .on_response(move |event| {
            let error = event.error().map_or("none", ErrorKind::name);
            let line = format!("response {} {error}", event.attempt());
            second.lock().unwrap().push(line);
            Ok(())
        });
    (builder, lines)
}

/// The counts of the process for a token of these tests.
fn of_token(name: &str) -> Option<Stats> {
    let fingerprint = penbox::Token::new(&token(name)).unwrap().fingerprint();
    let mut all = penbox::process_stats();
    all.retain(|stats| stats.token_fingerprint.as_deref() == Some(&fingerprint));
    all.pop()
}

#[test]
fn a_rotation_counts_for_the_token_of_the_moment() {
    let server = Server::start(vec![
        json("404 Not Found", "{}"),
        json("200 OK", FORM),
        json("200 OK", FORM),
        json("200 OK", FORM),
    ]);
    let client = builder(&server, "rotation-old").build().unwrap();
    client.forms().get("a").unwrap_err();
    client.set_token(token("rotation-new")).unwrap();
    client.forms().get("a").unwrap();
    client.forms().get("a").unwrap();
    let (old, new) = (of_token("rotation-old"), of_token("rotation-new"));
    let (old, new) = (old.unwrap(), new.unwrap());
    assert_eq!((old.calls, old.errors.len()), (1, 1));
    assert_eq!((new.calls, new.errors.len()), (2, 0));
    // The client has them all, whatever the token.
    let all = client.stats();
    assert_eq!((all.calls, all.attempts, all.clients), (3, 3, 1));
    assert_eq!(all.operations["forms.get"].errors, 1);
    assert_eq!(all.token_fingerprint, new.token_fingerprint);
    // And back: the first token's counts go on.
    client.set_token(token("rotation-old")).unwrap();
    client.forms().get("a").unwrap();
    assert_eq!(of_token("rotation-old").unwrap().calls, 2);
    drop(client);
    let left = (of_token("rotation-old"), of_token("rotation-new"));
    assert_eq!((left.0.unwrap().calls, left.1.unwrap().calls), (2, 2));
}

#[test]
fn calls_before_the_first_token_count_for_it() {
    let server = Server::start(vec![json("200 OK", FORM)]);
    let asked = AtomicU32::new(0);
    let client = Client::builder()
        .base_url(server.url())
        .token_provider(move || match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Err(std::io::Error::other("not yet")),
            _ => Ok(token("late")),
        })
        .build()
        .unwrap();
    client.forms().get("a").unwrap_err();
    let stats = client.stats();
    assert_eq!((stats.token_fingerprint, stats.calls), (None, 1));
    assert_eq!(stats.attempts, 0, "nothing was sent");
    assert!(of_token("late").is_none());
    client.forms().get("a").unwrap();
    let stats = of_token("late").unwrap();
    assert_eq!((stats.calls, stats.attempts), (2, 1));
}

#[test]
fn another_token_after_a_refusal_is_a_repeat_that_hooks_see() {
    let server = Server::start(vec![json("401 Unauthorized", "{}"), json("200 OK", FORM)]);
    let asked = AtomicU32::new(0);
    let retries = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&retries);
    let client = Client::builder()
        .base_url(server.url())
        .token_provider(move || match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Ok::<_, std::io::Error>(token("renewed-old")),
            _ => Ok(token("renewed-new")),
        })
        .on_retry(move |event| {
            let line = (event.attempt(), event.error(), event.wait());
            seen.lock().unwrap().push(line);
            Ok(())
        })
        .build()
        .unwrap();
    client.forms().get("a").unwrap();
    let expected = [(1, ErrorKind::Authentication, Duration::ZERO)];
    assert_eq!(*retries.lock().unwrap(), expected);
    let stats = client.stats();
    assert_eq!((stats.calls, stats.attempts, stats.repeats), (1, 2, 1));
    let new = of_token("renewed-new").unwrap();
    assert_eq!((new.attempts, new.operations.len()), (1, 1));
    assert_eq!(of_token("renewed-old").unwrap().attempts, 1);
}

#[test]
fn a_header_of_a_hook_is_checked_with_the_token_of_the_attempt() {
    const NEXT: &str = "pnbx_the-token-that-comes-amid-the-call";
    let server = Server::start(Vec::new());
    let own = Arc::new(OnceLock::<Client>::new());
    let client = Arc::clone(&own);
    let (builder, lines) = recorded(builder(&server, "hook"));
    let builder = builder.on_request(move |event| {
        event.header("x-next", NEXT);
        client.get().unwrap().set_token(NEXT)?;
        Ok(())
    });
    let client = own.get_or_init(|| builder.build().unwrap());
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::InvalidArgument, Outcome::NotSent, 0)
    );
    assert!(!format!("{error:?}").contains(NEXT), "{error:?}");
    // The hook itself did not fail, so it has its response.
    assert_eq!(*lines.lock().unwrap(), ["response 1 invalid_argument"]);
    assert!(server.requests().is_empty());
}

#[test]
fn no_hook_runs_for_a_call_without_a_token() {
    let server = Server::start(Vec::new());
    let (builder, lines) = recorded(Client::builder().base_url(server.url()));
    let client = builder
        .token_provider(|| Err::<String, _>(std::io::Error::other("no token today")))
        .build()
        .unwrap();
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(lines.lock().unwrap().is_empty());
}
