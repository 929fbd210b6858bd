//! Callbacks that fail, and tokens that nobody can mean: each fault has its own reason, and nothing is sent.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use penbox::bindings::{Environment, TokenRequest};
use penbox::{CallOptions, Client, Error, ErrorKind, FormCreate, Outcome};

use crate::common::Server;
use crate::tokens::{NEW, OLD, builder, form};

#[test]
fn what_a_callback_gives_is_judged_and_each_fault_has_its_reason() {
    type Provide = fn(TokenRequest);
    let faults: [(Provide, &str); 6] = [
        (drop, "provider_empty"),
        (|request| request.not_text("int"), "provider_type"),
        (
            |request| request.raised("no pnbx_0123456789 for Bearer abc", None),
            "provider_failed",
        ),
        (|request| request.give(String::new()), "token_malformed"),
        (
            |request| request.give(format!("Bearer {NEW}")),
            "token_malformed",
        ),
        (
            |request| request.give(format!("{NEW}\n")),
            "token_malformed",
        ),
    ];
    let server = Server::start(vec![]);
    for (provide, reason) in faults {
        let client = builder(&server)
            .token_provider_later(provide)
            .build()
            .unwrap();
        let error = client.forms().create(FormCreate::new("x")).unwrap_err();
        assert_eq!(
            (error.kind(), error.reason()),
            (ErrorKind::Config, Some(reason))
        );
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
        let shown = format!("{error} {error:?} {}", error.support_report());
        assert!(
            !shown.contains("0123") && !shown.contains("abc") && !shown.contains("the-new"),
            "{shown}"
        );
    }
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    let failing = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Err::<String, _>(std::io::Error::other("sealed"))
    };
    let client = builder(&server)
        .max_attempts(5)
        .token_provider(failing)
        .build()
        .unwrap();
    let error = client.forms().get("a").unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.downcast_ref::<std::io::Error>().is_some());
    // Five attempts are for requests: a failing source is asked once a call.
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn a_callback_that_calls_its_own_client_is_told_so() {
    let server = Server::start(vec![]);
    let place: Arc<Mutex<Option<Client>>> = Arc::default();
    let own = Arc::clone(&place);
    let client = builder(&server)
        .token_provider(move || {
            let client = own.lock().unwrap().clone().unwrap();
            client.forms().get("a").map(|form| form.id.to_string())
        })
        .build()
        .unwrap();
    *place.lock().unwrap() = Some(client.clone());
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(error.reason(), Some("provider_failed"));
    assert!(
        error
            .message()
            .contains("calls the client that waits for its token"),
        "{error}"
    );
    place.lock().unwrap().take();
}

#[test]
fn a_panic_of_a_callback_leaves_the_question_to_the_next_call() {
    let server = Server::start(vec![form()]);
    let first = AtomicBool::new(true);
    let client = builder(&server)
        .token_provider(move || match first.swap(false, Ordering::SeqCst) {
            true => panic!("the callback's own"),
            false => Ok::<_, Error>(NEW),
        })
        .build()
        .unwrap();
    let call = || client.forms().get("a");
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err());
    call().unwrap();
}

#[test]
fn a_call_without_an_answer_ends_on_time() {
    let server = Server::start(vec![]);
    let kept: Arc<Mutex<Vec<TokenRequest>>> = Arc::default();
    let client = builder(&server)
        .token_provider_later(move |request| kept.lock().unwrap().push(request))
        .build()
        .unwrap();
    let started = Instant::now();
    let quick = client.with_options(CallOptions::new().timeout(Duration::from_millis(150)));
    let error = quick.forms().get("a").unwrap_err();
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Timeout, Some("total"))
    );
    assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
    assert!(started.elapsed() < Duration::from_secs(3));
    let closing = client.clone();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| client.forms().get("a").unwrap_err());
        closing.close();
        assert_eq!(call.join().unwrap().kind(), ErrorKind::Closed);
    });
    assert_eq!(client.set_token(NEW).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn two_sources_at_once_are_refused_and_an_environment_is_none() {
    let two = [
        Client::builder().token(OLD).token_command(["vault"]),
        Client::builder()
            .token(OLD)
            .token_provider(|| Ok::<_, Error>(NEW)),
        Client::builder()
            .token_command(["vault"])
            .token_provider(|| Ok::<_, Error>(NEW)),
    ];
    for builder in two {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.message(),
            "only one of token, token_provider and token_command can be given"
        );
    }
    let plain =
        Environment::of_pairs([("PENBOX_API_TOKEN", OLD), ("PENBOX_ENVIRONMENT", "nowhere")]);
    let client = Client::builder()
        .with_environment(plain)
        .token_provider(|| Ok::<_, Error>(NEW));
    assert_eq!(
        client.build().unwrap().auth().source().to_string(),
        "the token provider given to the client"
    );
}
