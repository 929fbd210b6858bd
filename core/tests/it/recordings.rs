//! Recordings: what was answered is kept without tokens and contact data, and is played again.

use penbox::serde_json::json;
use penbox::testing::Recording;
use penbox::{
    Client, Download, ErrorKind, FormCount, FormCreate, FormList, Upload, User, UserFilter,
};
use penbox_sandbox::{FormCompletion, RateLimit, Sandbox};

/// A contact's data in every place where the API takes or gives it.
const SECRETS: [&str; 6] = [
    "jo@example.org",
    "Jolene",
    "+32470123456",
    "98765.4",
    "crm-of-jolene",
    "passport-of-jolene",
];

#[test]
fn a_recording_holds_no_token_and_no_contact_and_is_played() {
    let sandbox = Sandbox::start(Default::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.jsonl");
    let settings = Client::builder()
        .token(sandbox.token())
        .base_url(sandbox.url())
        .max_attempts(1);
    let live = Recording::record(settings, &path).unwrap();
    let form = run(&live, Some(&sandbox)).unwrap();
    sandbox.set_rate_limit(RateLimit {
        requests: 0,
        window_ms: 60_000,
        retry_after: Some(7),
    });
    assert_eq!(
        live.forms().get(&form).unwrap_err().http_status(),
        Some(429)
    );

    let text = std::fs::read_to_string(&path).unwrap();
    for secret in SECRETS.iter().chain([&&sandbox.token()[5..]]) {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(text.lines().count(), 8, "{text}");
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["recording"], &first["operation"], &first["path"]),
        (&json!(1), &json!("forms.create"), &json!("/forms"))
    );
    assert_eq!(
        first["request"]["flow"],
        json!({"slug": "client-onboarding"})
    );
    // One contact has one name throughout.
    let contact = &first["request"]["user"]["email"];
    assert_eq!(&first["answer"]["json"]["user"]["email"], contact);

    let script = Recording::read(&path).unwrap().script();
    let played = script.client().unwrap();
    assert_eq!(run(&played, None).unwrap(), form);
    let limited = played
        .with_options(penbox::CallOptions::new().max_attempts(1))
        .forms()
        .get(&form)
        .unwrap_err();
    assert_eq!(limited.kind(), ErrorKind::RateLimit);
    assert_eq!(limited.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert!(script.is_over());
}

/// The calls that are recorded, and played in the same order. The contact answers in the sandbox only.
fn run(client: &Client, sandbox: Option<&Sandbox>) -> penbox::Result<String> {
    let forms = client.forms();
    let contact = User::email("jo@example.org")
        .given_name("Jolene")
        .with_phone("+32470123456");
    let form = forms.create(
        FormCreate::new("client-onboarding")
            .user(contact)
            .data(json!({"income": 98765.4, "nested": [{"a": "Jolene"}]}))
            .external_args(json!({"crm_id": "crm-of-jolene"})),
    )?;
    if let Some(sandbox) = sandbox {
        let done = FormCompletion::default();
        sandbox.complete_form(&form.id, done).unwrap();
    }
    let read = forms.get(&form.id)?;
    assert_eq!(read.status, Some(penbox::FormStatus::Completed));
    let filter = FormList::default().user(UserFilter::email("jo@example.org"));
    assert_eq!(forms.list(filter).collect_up_to(10)?.len(), 1);
    let count = forms.count(FormCount::default().group_by("user.email"))?;
    assert_eq!(count.count, Some(1));
    let answered = &read.responses.as_ref().unwrap()[0].id;
    let response = client.responses().get(answered)?;
    assert!(response.completed_at.is_some());
    let upload = Upload::bytes(b"Jolene", "passport-of-jolene.txt");
    let attachment = client.attachments().upload(upload)?;
    let file = client
        .attachments()
        .download(&attachment.id, Download::memory())?;
    assert_eq!(file.size, 6);
    Ok(form.id.into_string())
}

#[test]
fn what_is_no_recording_is_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.jsonl");
    let line = r#"{"recording": 1, "operation": "forms.get", "method": "GET", "path": "/forms/a", "answer": {"status": 200, "json": {}}}"#;
    for (text, words) in [
        (format!("{line}\n{{}}"), "line 2: missing field"),
        (
            line.replace(": 1", ": 2"),
            "line 1: the format's version is 2",
        ),
        ("[".to_owned(), "line 1"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Recording::read(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.message().contains(words), "{error}");
    }
    let error = Recording::read(folder.path().join("none")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    let nowhere = folder.path().join("no/such/folder");
    let settings = Client::builder().token("pnbx_test");
    let error = Recording::record(settings, nowhere).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
}

/// A server that gives every request this answer.
fn served(status: &str, json: &str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{json}",
        json.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 16_384]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn an_error_a_query_and_a_path_give_no_contact_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leaks.jsonl");
    let json = r#"{"error": "jo@example.org is unknown", "message": "Jolene", "user": {"phone": 32470123456}}"#;
    let settings = Client::builder()
        .token("pnbx_leaks")
        .max_attempts(1)
        .base_url(served("404 Not Found", json));
    let live = Recording::record(settings, &path).unwrap();
    let filter = FormList::default().user(UserFilter::default().phone("+32470123456"));
    live.forms().list(filter).next().unwrap().unwrap_err();
    let other = |client: &Client| {
        let parts = penbox::RequestOptions::new();
        client.request("GET", "/contacts/jo%40example.org", parts)
    };
    other(&live).unwrap_err();
    let text = std::fs::read_to_string(&path).unwrap();
    for secret in ["jo@", "jo%40", "Jolene", "32470123456", "pnbx_"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(text.lines().count(), 2);
    // A request that no operation makes is found by its path, and no operation takes its answer.
    let script = Recording::read(&path).unwrap().script();
    let left = [
        ("forms.list".to_owned(), 1),
        ("GET /contacts/contact".to_owned(), 1),
    ];
    assert_eq!(script.left(), left);
    let played = script.client().unwrap();
    let error = other(&played).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = other(&played).unwrap_err();
    assert_eq!(
        (error.kind(), error.reason(), error.outcome()),
        (
            ErrorKind::Internal,
            Some("not_recorded"),
            penbox::Outcome::NotSent
        )
    );
    assert!(
        error.message().contains("left are those to forms.list (1)"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_a_recording_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.jsonl");
    let file = std::fs::File::create(&large).unwrap();
    file.set_len(100_000_000).unwrap();
    for (path, words) in [
        (large.as_path(), "100000000 bytes"),
        (folder.path(), "no regular file"),
    ] {
        let error = Recording::read(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.message().contains(words), "{error}");
    }
}

#[test]
fn a_recording_of_another_language_is_played() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/recordings/from-python.jsonl");
    let script = Recording::read(path).unwrap().script();
    let client = script.client_of(Client::builder().page_size(2)).unwrap();
    let create = || client.forms().create(FormCreate::new("client-onboarding"));
    let mut made: Vec<_> = (0..3).map(|_| create().unwrap().id).collect();
    let listed = client.forms().list(FormList::default());
    let mut listed: Vec<_> = listed.map(|form| form.unwrap().id).collect();
    made.sort();
    listed.sort();
    assert_eq!(made, listed);
    let upload = Upload::bytes(b"other", "other.txt");
    let attachment = client.attachments().upload(upload).unwrap();
    let file = client
        .attachments()
        .download(&attachment.id, Download::memory());
    assert_eq!(file.unwrap().size, 6);
    let error = client.forms().get("another").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(script.is_over());
}
