//! Tokens of callbacks, commands and files: asked for once, asked for again after a 401, and each fault with its own reason.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Instant;

use penbox::bindings::{Environment, TokenRequest};
use penbox::{
    CallOptions, CancelToken, Client, ClientBuilder, Error, ErrorKind, FormCreate, Outcome, Upload,
    WorkspaceList,
};
use penbox_sandbox::{Sandbox, SandboxOptions};

use crate::common::{Server, Step, json};

pub(crate) const OLD: &str = "pnbx_the-old-token";
pub(crate) const NEW: &str = "pnbx_the-new-token";
const FORM: &str = r#"{"id":"a"}"#;

pub(crate) fn form() -> Step {
    json("200 OK", FORM)
}

fn refused() -> Step {
    let body = r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}"#;
    json("401 Unauthorized", body)
}

pub(crate) fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(server.url()).max_attempts(1)
}

/// The tokens of all requests, in order.
fn tokens(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let token = |request: &String| {
        let line = request
            .lines()
            .find_map(|line| line.strip_prefix("authorization: Bearer "));
        line.unwrap_or_default().to_owned()
    };
    requests.iter().map(token).collect()
}

/// A callback that gives one token after the other, the last for ever, and counts.
fn giving(
    given: &'static [&'static str],
) -> (
    Arc<AtomicU32>,
    impl Fn() -> Result<String, Error> + Send + Sync,
) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let give = move || {
        let number = counted.fetch_add(1, Ordering::SeqCst) as usize;
        Ok(given[number.min(given.len() - 1)].to_owned())
    };
    (count, give)
}

#[test]
fn a_callback_is_called_at_the_first_call_and_once_for_a_hundred_threads() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let count = Arc::new(AtomicU32::new(0));
    let (counted, token) = (Arc::clone(&count), sandbox.token());
    let slow = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        // The others get time to come and wait for this answer.
        (0..1_000).for_each(|_| std::thread::yield_now());
        Ok::<_, Error>(token)
    };
    let client = Client::builder()
        .base_url(sandbox.url())
        .token_provider(slow)
        .build()
        .unwrap();
    assert_eq!(
        (count.load(Ordering::SeqCst), client.auth().fingerprint()),
        (0, None)
    );
    let start = Barrier::new(100);
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                start.wait();
                let first = client.workspaces().list(WorkspaceList::default()).next();
                first.unwrap().unwrap();
            });
        }
    });
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 100);
    assert!(requests.iter().all(|request| request.authorized));
    assert!(client.auth().fingerprint().is_some());
}

#[test]
fn those_who_wait_share_the_answer_and_the_failure() {
    let server = Server::start(vec![]);
    let (count, gate) = (
        Arc::new(AtomicU32::new(0)),
        Arc::new(Mutex::new(Vec::<TokenRequest>::new())),
    );
    let (counted, kept) = (Arc::clone(&count), Arc::clone(&gate));
    let client = builder(&server)
        .token_provider_later(move |request| {
            counted.fetch_add(1, Ordering::SeqCst);
            kept.lock().unwrap().push(request);
        })
        .build()
        .unwrap();
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| client.forms().get("a").unwrap_err()))
            .collect();
        let request = loop {
            if let Some(request) = gate.lock().unwrap().pop() {
                break request;
            }
            std::thread::yield_now();
        };
        request.raised("the vault is sealed", None);
        // A call that came after that answer has asked for itself.
        while calls.iter().any(|call| !call.is_finished()) {
            gate.lock()
                .unwrap()
                .drain(..)
                .for_each(|request| request.raised("sealed", None));
        }
        for call in calls {
            let error = call.join().unwrap();
            assert_eq!(
                (error.kind(), error.reason()),
                (ErrorKind::Config, Some("provider_failed"))
            );
            assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
            assert!(error.retryable() && error.operation() == Some("forms.get"));
        }
    });
    assert!(server.requests().is_empty());
}

#[test]
fn the_end_of_the_call_that_asks_is_not_the_end_of_those_who_wait() {
    let server = Server::start(vec![form()]);
    let requests = Arc::new(Mutex::new(Vec::<TokenRequest>::new()));
    let kept = Arc::clone(&requests);
    let client = builder(&server)
        .token_provider_later(move |request| kept.lock().unwrap().push(request))
        .build()
        .unwrap();
    let token = CancelToken::new();
    let cancellable = client.with_options(CallOptions::new().cancel(&token));
    let asked = |times: usize| {
        while requests.lock().unwrap().len() < times {
            std::thread::yield_now();
        }
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| cancellable.forms().get("a").unwrap_err());
        asked(1);
        let second = scope.spawn(|| client.forms().get("a").unwrap());
        token.cancel();
        let error = first.join().unwrap();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Cancelled, Outcome::NotSent)
        );
        asked(2);
        requests.lock().unwrap().pop().unwrap().give(NEW.to_owned());
        assert_eq!(second.join().unwrap().id, "a");
    });
    // An answer that nobody waits for any more changes nothing.
    requests.lock().unwrap().pop().unwrap().give(OLD.to_owned());
    assert_eq!(tokens(&server), [NEW]);
}

#[test]
fn a_refused_token_is_asked_for_again_and_the_call_repeated_once() {
    let server = Server::start(vec![refused(), form(), form()]);
    let (count, give) = giving(&[OLD, NEW]);
    let client = builder(&server).token_provider(give).build().unwrap();
    // A create, too: a 401 has done nothing. And with one attempt only: the repeat is not taken from them.
    client.forms().create(FormCreate::new("x")).unwrap();
    // A client with other options has the same token, and the same source.
    client
        .with_options(CallOptions::new())
        .forms()
        .get("a")
        .unwrap();
    assert_eq!(tokens(&server), [OLD, NEW, NEW]);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn a_call_is_repeated_for_one_new_token_and_no_further() {
    let server = Server::start(vec![refused(), refused()]);
    let (count, give) = giving(&[OLD, NEW, "pnbx_third"]);
    let client = builder(&server).token_provider(give).build().unwrap();
    let error = client.forms().get("a").unwrap_err();
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 2));
    assert_eq!(
        (error.outcome(), count.load(Ordering::SeqCst)),
        (Outcome::Rejected, 2)
    );
    assert_eq!(tokens(&server), [OLD, NEW]);
}

#[test]
fn the_same_token_again_leaves_the_401_and_is_not_asked_for_by_each_call() {
    let server = Server::start((0..50).map(|_| refused()).collect());
    let (count, give) = giving(&[OLD]);
    let client = builder(&server).token_provider(give).build().unwrap();
    let started = Instant::now();
    for _ in 0..50 {
        let error = client.forms().get("a").unwrap_err();
        assert_eq!((error.http_status(), error.attempts()), (Some(401), 1));
    }
    // The first call asks twice: for its token, and after the 401. Then one question a second.
    let asked = u64::from(count.load(Ordering::SeqCst));
    assert!(asked <= 2 + started.elapsed().as_secs(), "{asked}");
}

#[test]
fn an_upload_is_repeated_where_its_source_goes_back() {
    let server = Server::start(vec![refused(), form(), refused()]);
    let (_, give) = giving(&[OLD, NEW, "pnbx_third"]);
    let client = builder(&server).token_provider(give).build().unwrap();
    client
        .attachments()
        .upload(Upload::bytes(b"text", "a.txt"))
        .unwrap();
    assert_eq!(tokens(&server), [OLD, NEW]);
    let reader = std::io::Cursor::new(b"text".to_vec());
    let reader = Upload::reader(std::io::Read::take(reader, 4), None, "a.txt");
    let error = client.attachments().upload(reader).unwrap_err();
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 1));
}

#[cfg(unix)]
#[test]
fn a_command_gives_the_token_and_is_run_again_after_a_401() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    // It names no token: a command's words can be read by every process of the machine.
    let script = format!(
        "echo run >> {0}; [ $(wc -l < {0}) = 1 ] && n=old || n=new; echo pnb''x_the-$n-token; env > {0}.env",
        runs.display()
    );
    let server = Server::start(vec![refused(), form()]);
    let client = builder(&server)
        .token_command(["sh", "-c", &script])
        .build()
        .unwrap();
    assert!(!runs.exists(), "a client that is made has run nothing");
    client.forms().get("a").unwrap();
    assert_eq!(tokens(&server), [OLD, NEW]);
    let failing = builder(&server)
        .token_command(["sh", "-c", "echo sealed >&2; exit 2"])
        .build()
        .unwrap();
    let error = failing.forms().get("a").unwrap_err();
    assert_eq!(
        (error.reason(), error.outcome()),
        (Some("command_failed"), Outcome::NotSent)
    );
    assert_eq!(
        error.message(),
        "the token_command failed with the exit status 2; it wrote: sealed"
    );
}

#[test]
fn a_file_is_read_again_after_a_401_and_one_that_vanished_leaves_the_old_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{OLD}\n")).unwrap();
    let server = Server::start(vec![form(), refused(), form()]);
    let environment = Environment::of_pairs([("PENBOX_API_TOKEN_FILE", path.to_str().unwrap())]);
    let client = builder(&server)
        .with_environment(environment)
        .build()
        .unwrap();
    client.forms().get("a").unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Authentication, 1)
    );
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("worked before") && hint.contains("cannot be read"),
        "{hint}"
    );
    assert!(!hint.contains(path.to_str().unwrap()), "{hint}");
    // The old one is still there, for a server that takes it again.
    client.forms().get("a").unwrap();
    assert_eq!(tokens(&server), [OLD, OLD, OLD]);
}
