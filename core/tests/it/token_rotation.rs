//! Rotation: a new token takes over without a failure, in the middle of calls, of waits and of pages.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use penbox::bindings::{Environment, TokenRequest};
use penbox::{Client, Error, ErrorKind, Outcome, WorkspaceList};
use penbox_sandbox::{NewToken, Sandbox, SandboxOptions};

use crate::common::{Server, Step, answer, json, read_request};

const OLD: &str = "pnbx_the-old-token";
const NEW: &str = "pnbx_the-new-token";
const FORM: &str = r#"{"id":"a"}"#;

/// A new token of the sandbox, beside its own.
fn create(sandbox: &Sandbox, text: &str) -> String {
    let new = NewToken {
        token: Some(text.to_owned()),
        ..NewToken::default()
    };
    sandbox.create_token(new).unwrap();
    text.to_owned()
}

/// Calls from several threads, and rotates in the middle of them. Returns the number of failed calls.
fn rotate_amid(client: &Client, calls: u32, rotate: impl FnOnce()) -> u32 {
    const THREADS: u32 = 8;
    let (made, failed) = (AtomicU32::new(0), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while made.fetch_add(1, Ordering::SeqCst) < calls {
                    let page = client.workspaces().list(WorkspaceList::default()).next();
                    if !matches!(page, Some(Ok(_))) {
                        failed.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        while made.load(Ordering::SeqCst) < calls / 2 {
            std::thread::yield_now();
        }
        rotate();
    });
    failed.load(Ordering::SeqCst)
}

#[test]
fn ten_thousand_calls_do_not_notice_a_rotation() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let new = create(&sandbox, "pnbx_rotated-in-the-middle");
    let secret = Arc::new(Mutex::new(sandbox.token().to_owned()));
    let (asked, store) = (Arc::new(AtomicU32::new(0)), Arc::clone(&secret));
    let counted = Arc::clone(&asked);
    let client = Client::builder()
        .base_url(sandbox.url())
        .token_provider(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Error>(store.lock().unwrap().clone())
        })
        .build()
        .unwrap();
    let failed = rotate_amid(&client, 10_000, || {
        // The plan of the API's page: the new one is in place before the old one goes.
        *secret.lock().unwrap() = new;
        sandbox.revoke_token(sandbox.token()).unwrap();
    });
    println!("rotation: 10,000 calls, {failed} failures");
    assert_eq!((failed, asked.load(Ordering::SeqCst)), (0, 2));
}

#[test]
fn a_file_that_is_replaced_and_a_token_that_is_set_are_rotations_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    std::fs::write(&path, sandbox.token()).unwrap();
    let environment = Environment::of_pairs([("PENBOX_API_TOKEN_FILE", path.to_str().unwrap())]);
    let builder = Client::builder().base_url(sandbox.url());
    let client = builder
        .clone()
        .with_environment(environment)
        .build()
        .unwrap();
    let second = create(&sandbox, "pnbx_second-of-three-tokens");
    let failed = rotate_amid(&client, 1_000, || {
        // As a mounted secret is replaced: in one step.
        let next = folder.path().join("next");
        std::fs::write(&next, format!("{second}\n")).unwrap();
        std::fs::rename(&next, &path).unwrap();
        sandbox.revoke_token(sandbox.token()).unwrap();
    });
    assert_eq!(failed, 0);
    let client = builder.token(&second).build().unwrap();
    let third = create(&sandbox, "pnbx_third-of-three-tokens");
    let failed = rotate_amid(&client, 1_000, || {
        client.set_token(&third).unwrap();
        sandbox.revoke_token(&second).unwrap();
    });
    assert_eq!(failed, 0);
}

#[test]
fn a_token_that_is_set_wins_over_an_answer_that_comes_later() {
    let server = Server::start(vec![json("200 OK", FORM), json("200 OK", FORM)]);
    let requests: Arc<Mutex<Vec<TokenRequest>>> = Arc::default();
    let kept = Arc::clone(&requests);
    let client = Client::builder()
        .base_url(server.url())
        .token_provider_later(move |request| kept.lock().unwrap().push(request))
        .build()
        .unwrap();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| client.forms().get("a").unwrap());
        while requests.lock().unwrap().is_empty() {
            std::thread::yield_now();
        }
        client.set_token(NEW).unwrap();
        requests.lock().unwrap().pop().unwrap().give(OLD.to_owned());
        call.join().unwrap();
    });
    client.forms().get("a").unwrap();
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.contains(NEW))
    );
    assert_eq!(
        client.auth().source().to_string(),
        "the token given to the client"
    );
}

/// An answer on a connection that is closed behind it: the server has one connection at a time.
fn last(step: Step) -> Step {
    match step {
        Step::Answer(bytes) => Step::AnswerAndClose(bytes),
        other => other,
    }
}

#[test]
fn a_pause_belongs_to_the_token_and_ends_with_it() {
    let limited = answer("429 Too Many Requests", "retry-after: 60\r\n", b"");
    let form = || last(json("200 OK", FORM));
    let server = Server::start(vec![last(limited), form(), form()]);
    let client = Client::builder()
        .base_url(server.url())
        .token(OLD)
        .build()
        .unwrap();
    let started = Instant::now();
    std::thread::scope(|scope| {
        // This call waits for its own repeat, the other for the pause.
        let first = scope.spawn(|| client.forms().get("a").unwrap());
        server.wait_for_request();
        let second = scope.spawn(|| client.forms().get("a").unwrap());
        // Set again and again, since nothing tells when the two have begun to wait.
        for number in 0.. {
            client.set_token(format!("{NEW}-{number}")).unwrap();
            if first.is_finished() && second.is_finished() {
                break;
            }
            std::thread::yield_now();
        }
        first.join().unwrap();
        second.join().unwrap();
    });
    assert!(started.elapsed() < Duration::from_secs(20));
    let requests = server.requests();
    assert!(requests[1..].iter().any(|request| request.contains(NEW)));
}

#[test]
fn a_pause_does_not_outlive_its_token() {
    let limited = answer("429 Too Many Requests", "retry-after: 60\r\n", b"");
    let server = Server::start(vec![limited, json("200 OK", FORM)]);
    let client = Client::builder()
        .base_url(server.url())
        .token(OLD)
        .max_retry_wait(Duration::ZERO)
        .build()
        .unwrap();
    let limited = |attempts| {
        let error = client.forms().get("a").unwrap_err();
        let facts = (error.kind(), error.attempts());
        assert_eq!(facts, (ErrorKind::RateLimit, attempts));
    };
    limited(1);
    limited(0);
    client.set_token(OLD).unwrap();
    limited(0);
    client.set_token(NEW).unwrap();
    client.forms().get("a").unwrap();
}

#[test]
fn a_429_to_an_old_token_does_not_pause_the_new_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let client = Client::builder()
        .base_url(url)
        .token(OLD)
        .max_attempts(1)
        .max_retry_wait(Duration::ZERO)
        .build()
        .unwrap();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.forms().get("a").unwrap_err());
        let (mut stream, _) = listener.accept().unwrap();
        assert!(read_request(&mut stream).unwrap().contains(OLD));
        client.set_token(NEW).unwrap();
        let limited = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(limited.as_bytes()).unwrap();
        drop(stream);
        assert_eq!(first.join().unwrap().kind(), ErrorKind::RateLimit);
        let second = scope.spawn(|| client.forms().get("a").unwrap());
        let (mut stream, _) = listener.accept().unwrap();
        assert!(read_request(&mut stream).unwrap().contains(NEW));
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{FORM}",
            FORM.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        second.join().unwrap();
    });
}

#[test]
fn only_a_token_that_worked_is_said_to_be_revoked() {
    let refused = || json("401 Unauthorized", r#"{"message":"Invalid token"}"#);
    let server = Server::start(vec![refused(), json("200 OK", FORM), refused(), refused()]);
    let client = Client::builder()
        .base_url(server.url())
        .token(OLD)
        .build()
        .unwrap();
    let hint = || {
        let error = client.forms().get("a").unwrap_err();
        assert_eq!(
            (error.outcome(), error.message()),
            (Outcome::Rejected, "Invalid token")
        );
        error.hint().unwrap().to_owned()
    };
    let first = hint();
    assert!(
        first.contains("not accepted: it is invalid, expired or revoked"),
        "{first}"
    );
    assert!(
        first.contains("18 characters") && first.contains("was the whole token copied?"),
        "{first}"
    );
    client.forms().get("a").unwrap();
    let later = hint();
    assert!(
        later.contains("worked before") && later.contains("set_token()"),
        "{later}"
    );
    assert!(!later.contains("whole token"), "{later}");
    client
        .set_token(concat!(
            "pnbx_",
            "1234567890abcdef1234567890abcdef1234567890abcdef"
        ))
        .unwrap();
    let usual = hint();
    assert!(
        usual.contains("not accepted") && !usual.contains("whole token"),
        "{usual}"
    );
}

#[test]
fn what_is_no_token_is_not_set() {
    let server = Server::start(vec![json("200 OK", FORM)]);
    let client = Client::builder()
        .base_url(server.url())
        .token(OLD)
        .build()
        .unwrap();
    let error = client.set_token(format!("{NEW}\n")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    client.forms().get("a").unwrap();
    assert!(server.requests()[0].contains(OLD));
}

#[test]
fn the_plan_of_the_documentation_works_step_by_step() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tokens.md");
    let page = std::fs::read_to_string(page).unwrap();
    let plan = page
        .split("## Rotation")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let steps = plan
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, sandbox.token()).unwrap();
    let environment = Environment::of_pairs([("PENBOX_API_TOKEN_FILE", path.to_str().unwrap())]);
    let mounted = Client::builder()
        .base_url(sandbox.url())
        .with_environment(environment)
        .build()
        .unwrap();
    let told = Client::builder()
        .base_url(sandbox.url())
        .token(sandbox.token())
        .build()
        .unwrap();
    let all_work = || {
        for client in [&mounted, &told] {
            client
                .workspaces()
                .list(WorkspaceList::default())
                .next()
                .unwrap()
                .unwrap();
        }
    };
    let mut new = String::new();
    let mut done = 0;
    for step in steps {
        all_work();
        match step.split("**").nth(1).unwrap() {
            "Create the new token" => new = create(&sandbox, "pnbx_of-the-rotation-plan"),
            "Put the new token where the old one is" => {
                let next = folder.path().join("next");
                std::fs::write(&next, &new).unwrap();
                std::fs::rename(next, &path).unwrap();
                told.set_token(&new).unwrap();
            }
            "Revoke the old token." => sandbox.revoke_token(sandbox.token()).unwrap(),
            "Look at the last use" => {
                sandbox.clear_requests();
                all_work();
                let requests = sandbox.requests();
                assert!(
                    requests.iter().all(|request| request.status == Some(200)),
                    "{requests:?}"
                );
                assert_eq!(mounted.auth().fingerprint(), told.auth().fingerprint());
            }
            other => panic!("the plan has a step that no test runs: {other}"),
        }
        done += 1;
    }
    all_work();
    assert_eq!(done, 4);
}
