//! The examples, run as users run them: their output, their files, and their failures.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use penbox::{CaseList, Client, FormCreate, User};
use penbox_sandbox::{FormCompletion, FormSeed, NewToken, RateLimit, Sandbox, SettingsPatch};
use sha2::{Digest, Sha256};

use crate::common::{Server, Step, TOKEN, json};
use crate::sandbox::start;

pub(crate) fn example(name: &str, arguments: &[&str], url: &str, token: &str) -> Command {
    let here = std::env::current_exe().unwrap();
    let folder = here.parent().unwrap().parent().unwrap().join("examples");
    let mut command = Command::new(folder.join(name));
    command
        .args(arguments)
        .env_clear()
        .env("PENBOX_API_TOKEN", token)
        .env("PENBOX_BASE_URL", url);
    command
}

/// The success of an example, and both of its outputs.
pub(crate) fn run(command: &mut Command) -> (bool, String, String) {
    let output = command
        .output()
        .expect("examples are built by a plain `cargo test`");
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

pub(crate) fn lines(name: &str, arguments: &[&str], sandbox: &Sandbox) -> Vec<String> {
    let (good, out, error) = run(&mut example(
        name,
        arguments,
        &sandbox.url(),
        sandbox.token(),
    ));
    assert!(good && error.is_empty(), "{error}");
    out.lines().map(str::to_owned).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn the_one_of_the_readme() {
    let (sandbox, _) = start();
    let lines = lines("create_form", &[], &sandbox);
    let id = lines[0].strip_prefix("created ").unwrap();
    assert_eq!(lines[1..], [format!("open: {id}")]);
}

/// Runs collect_pdf until it has made its form. Returns the form's id.
fn collect(sandbox: &Sandbox, folder: &Path, seconds: &str) -> (Child, String) {
    let folder = folder.to_str().unwrap();
    let arguments = ["jane@example.com", "kyc-renewal", folder, seconds];
    let mut child = example("collect_pdf", &arguments, &sandbox.url(), sandbox.token())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("examples are built by a plain `cargo test`");
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let id = line.trim().strip_prefix("created ").unwrap().to_owned();
    child.stdout = Some(out.into_inner());
    (child, id)
}

#[test]
fn collect_pdf_saves_the_answer() {
    let (sandbox, _) = start();
    let folder = tempfile::tempdir().unwrap();
    let (child, id) = collect(&sandbox, folder.path(), "60");
    // The example has to request the PDF twice.
    let start = Instant::now();
    while !sandbox.requests().iter().any(|sent| sent.method == "GET") {
        assert!(start.elapsed() < Duration::from_secs(30), "it never asks");
        std::thread::sleep(Duration::from_millis(5));
    }
    let done = sandbox
        .complete_form(&id, FormCompletion::default())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && error.is_empty(), "{error}");
    let path = folder
        .path()
        .join(format!("answer-{}.pdf", done.response_id));
    let content = std::fs::read(&path).unwrap();
    assert!(content.starts_with(b"%PDF"));
    let mut sha256 = String::new();
    for byte in Sha256::digest(&content) {
        write!(sha256, "{byte:02x}").unwrap();
    }
    let (path, size) = (path.display(), content.len());
    let last = format!("saved {path}: {size} bytes, SHA-256 {sha256}\n");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.ends_with(&last), "{out}{last}");
    assert_eq!(names(folder.path()).len(), 1);
}

#[test]
fn collect_pdf_ends_without_an_answer() {
    let (sandbox, _) = start();
    let folder = tempfile::tempdir().unwrap();
    for (seconds, declined, message) in [
        ("60", true, "the contact declined\n"),
        ("0", false, "no answer within 0 s; the form stays open\n"),
    ] {
        let (child, id) = collect(&sandbox, folder.path(), seconds);
        if declined {
            let declined = FormCompletion {
                declined,
                ..FormCompletion::default()
            };
            sandbox.complete_form(&id, declined).unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), message);
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_create_of_unknown_outcome_is_not_repeated() {
    let templates = json("200 OK", r#"{"data": [{"id": "t"}]}"#);
    for (name, before, message) in [
        ("collect_pdf", None, "the form may exist: look for it"),
        (
            "start_case",
            Some(templates),
            "the case may exist: look for it",
        ),
    ] {
        let script = before.into_iter().chain([Step::AnswerAndClose(Vec::new())]);
        // Any other request is beyond the script and fails the test.
        let server = Server::start(script.collect());
        let (good, _, error) = run(&mut example(name, &[], &server.url(), TOKEN));
        assert!(!good && error.starts_with(message), "{error}");
        assert!(error.contains("outcome: unknown"), "{error}");
        let requests = server.requests();
        assert!(requests.last().unwrap().starts_with("POST /v1/"));
    }
}

#[test]
fn start_case_starts_a_step_once() {
    let (sandbox, client) = start();
    let lines = lines("start_case", &["jane@example.com", "Jane & Co"], &sandbox);
    let case = client
        .cases()
        .list(CaseList::default())
        .next()
        .unwrap()
        .unwrap();
    let case = client.cases().get(&case.id).unwrap();
    assert_eq!(
        lines[..6],
        [
            &format!("created {} from the template Client onboarding", case.id),
            "started send_welcome",
            "the case is in_progress and waits for: contact",
            "- Welcome email: started",
            "- Collect documents: pending",
            "- Final review: pending",
        ]
    );
    assert!(lines[6].starts_with("a second start is a conflict: "));
    assert_eq!(lines.len(), 7);
    let contact = &case.contacts.unwrap()[0];
    assert_eq!(contact.email.as_deref(), Some("jane@example.com"));
    let field = &case.schema.unwrap()[0];
    assert_eq!(field.key.as_deref(), Some("company_name"));
    assert_eq!(field.value.as_ref().unwrap().as_str(), r#""Jane & Co""#);
}

#[test]
fn start_case_goes_on_to_the_next_step() {
    let case = r#"{"id": "c", "steps": [{"id": "a"}, {"id": "1", "key": "b"}]}"#;
    let made = || (0..4).map(|_| json("200 OK", case));
    let refused = |status: &str| json(status, r#"{"message": "not yet"}"#);
    let arguments = ["a@example.com", "A", "t"];

    let script = made().chain([refused("422 X"), json("200 OK", case), json("200 OK", case)]);
    let server = Server::start(script.chain([refused("409 X")]).collect());
    let (good, out, error) = run(&mut example("start_case", &arguments, &server.url(), TOKEN));
    assert!(good, "{error}");
    assert!(
        out.contains("\na cannot be started: not yet\nstarted b\n"),
        "{out}"
    );
    let requests = server.requests();
    assert!(requests[5].starts_with("POST /v1/cases/c/start/b "));

    let script = made().chain([refused("422 X"), refused("409 X")]);
    let server = Server::start(script.collect());
    let (good, _, error) = run(&mut example("start_case", &arguments, &server.url(), TOKEN));
    assert!(!good);
    assert_eq!(error, "no step can be started\n");
}

#[test]
fn extract_document_prints_what_was_read() {
    let (sandbox, _) = start();
    sandbox.settings(SettingsPatch {
        extraction_delay_ms: Some(300),
        ..SettingsPatch::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passport.pdf");
    std::fs::write(&path, "%PDF-1.4\n").unwrap();
    let lines = lines("extract_document", &[path.to_str().unwrap()], &sandbox);
    assert!(
        lines[0].starts_with("uploaded passport.pdf as "),
        "{lines:?}"
    );
    assert_eq!(lines[1], r#"firstname: "Jane" (confidence: high)"#);
    assert!(lines[2].starts_with(r#"birthday: "19"#), "{lines:?}");
    assert!(
        lines[3].starts_with("amount: ") && !lines[3].contains('"'),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 4);

    let missing = ["none.pdf"];
    let (good, out, error) = run(&mut example(
        "extract_document",
        &missing,
        &sandbox.url(),
        TOKEN,
    ));
    assert!(!good && out.is_empty());
    assert!(
        error.contains("none.pdf") && error.contains("(file, attachments.upload"),
        "{error}"
    );
}

/// Seeds more forms than two pages hold, one of them with a formula of a spreadsheet. Returns the ids, oldest first.
fn forms_to_export(sandbox: &Sandbox, client: &Client) -> Vec<String> {
    let seed = |count, created_at: &str| FormSeed {
        count,
        created_at: Some(created_at.parse().unwrap()),
        ..FormSeed::default()
    };
    sandbox.seed_forms(seed(5, "2023-12-31T00:00:00Z")).unwrap();
    let mut ids = sandbox
        .seed_forms(seed(230, "2024-06-01T00:00:00Z"))
        .unwrap();
    let form = || FormCreate::new("client-onboarding");
    client.forms().create(form().draft(true)).unwrap();
    let hostile = User::email("jane@example.com")
        .given_name("=SUM(\"é\",\n1)")
        .with_phone("+32470000000");
    let form = client.forms().create(form().user(hostile)).unwrap();
    ids.push(form.id.into_string());
    ids
}

#[test]
fn export_csv_writes_every_page_and_no_formula() {
    let (sandbox, client) = start();
    let ids = forms_to_export(&sandbox, &client);
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("forms.csv");
    let printed = lines(
        "export_csv",
        &["2024-01-01", path.to_str().unwrap()],
        &sandbox,
    );
    assert_eq!(printed, [format!("wrote 231 forms to {}", path.display())]);
    let text = std::fs::read_to_string(&path).unwrap();
    let rows: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        rows[0],
        r#""id","created_at","status","template","email","given_name","phone""#
    );
    let found: Vec<&str> = rows[1..=231].iter().map(|row| &row[1..37]).collect();
    assert_eq!(found, ids);
    assert!(
        rows[231].ends_with(
            "\"pending\",\"client-onboarding\",\"jane@example.com\",\"'=SUM(\"\"é\"\",\n1)\",\"'+32470000000\""
        ),
        "{}",
        rows[231]
    );
    assert_eq!(rows[232..], [""]);
    assert_eq!(names(folder.path()), ["forms.csv"]);
}

#[test]
fn export_csv_leaves_no_half_file() {
    let (sandbox, _) = start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forms.csv");
    let arguments = ["not a date", path.to_str().unwrap()];
    let (good, out, error) = run(&mut example(
        "export_csv",
        &arguments,
        &sandbox.url(),
        sandbox.token(),
    ));
    assert!(!good && out.is_empty());
    assert!(
        error.contains("(bad_request, HTTP 400, forms.list, outcome: rejected)"),
        "{error}"
    );
    assert!(!path.exists());

    let nowhere = folder.path().join("none/forms.csv");
    let arguments = ["2024-01-01", nowhere.to_str().unwrap()];
    let (good, _, error) = run(&mut example(
        "export_csv",
        &arguments,
        &sandbox.url(),
        sandbox.token(),
    ));
    assert!(!good && error.contains("none/forms.csv"), "{error}");
}

#[test]
fn read_form_says_what_went_wrong() {
    let (sandbox, client) = start();
    let form = client.forms().create(FormCreate::new("kyc-renewal"));
    let id = form.unwrap().id;
    assert_eq!(
        lines("read_form", &[&id], &sandbox),
        [format!("{id} pending")]
    );
    let fails = |url: &str| {
        let (good, out, error) = run(&mut example("read_form", &[], url, sandbox.token()));
        assert!(!good && out.is_empty(), "{out}");
        error
    };
    assert_eq!(fails(&sandbox.url()), "there is no such form\n");
    sandbox.set_rate_limit(RateLimit {
        requests: 1,
        window_ms: 60_000,
        retry_after: Some(60),
    });
    client.forms().get(&id).unwrap();
    assert_eq!(fails(&sandbox.url()), "too many requests: wait 60 s\n");
    let down = || json("503 X", r#"{"message": "down"}"#);
    let error = fails(&Server::start(vec![down(), down()]).url());
    assert!(error.starts_with("the service failed; for"), "{error}");
    assert!(error.contains("\ntoken name: CRM\n"), "{error}");
    assert!(!error.contains(sandbox.token()));
}

#[test]
fn a_revoked_token_is_named_and_not_printed() {
    let (sandbox, _) = start();
    let token = sandbox.create_token(NewToken::default()).unwrap().token;
    sandbox.revoke_token(&token).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("document.pdf"), "%PDF-1.4\n").unwrap();
    for name in [
        "collect_pdf",
        "start_case",
        "extract_document",
        "export_csv",
        "read_form",
    ] {
        let mut command = example(name, &[], &sandbox.url(), &token);
        let (good, out, error) = run(command.current_dir(folder.path()));
        assert!(!good && out.is_empty(), "{name}: {out}");
        assert!(
            error.contains("(authentication, HTTP 401, "),
            "{name}: {error}"
        );
        assert!(error.contains("expired or revoked"), "{name}: {error}");
        assert!(
            !error.contains(&token[5..17]) && !error.contains("may exist"),
            "{name}"
        );
    }
}
