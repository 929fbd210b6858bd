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
