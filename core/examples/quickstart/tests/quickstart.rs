//! The first command of a new user: it ends soon, and every sentence that it prints is true.
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::process::Command;
use std::time::{Duration, Instant};

use penbox::{Client, FormList};
use penbox_sandbox::{Sandbox, SandboxOptions};

/// The program, with an empty environment.
fn quickstart() -> Command {
    let here = std::env::current_exe().unwrap();
    let folder = here.parent().unwrap().parent().unwrap().join("examples");
    let mut command = Command::new(folder.join("quickstart"));
    command.env_clear();
    command
}

/// The output of a program that ends well and prints nothing on standard error.
fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .expect("examples are built by a plain `cargo test`");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && error.is_empty(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_quickstart_takes_seconds_and_says_what_is_true() {
    let started = Instant::now();
    let out = output(&mut quickstart());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    let expected = [
        "PENBOX_API_TOKEN is not set: using an embedded sandbox at http://127.0.0.1:",
        "   It opens the workspace Acme Corp (acme-corp)",
        "2. Created the form ",
        "   The contact fills it in at http",
        "3. Paged through 25 of 25 forms, ten a request",
        "   Read the form again: ",
        "4. A revoked token:",
        "     token name: ",
        "5. Too many requests:",
        "   Rate limit exceeded. Please try again later. (rate_limit, HTTP 429, forms.get, outcome: rejected)",
        "   retry_after: Some(1s), outcome: rejected, retryable: true",
        "Done. Read README.md for the other languages.",
    ];
    let mut lines = out.lines();
    for beginning in expected {
        let found = lines.any(|line| line.starts_with(beginning));
        assert!(found, "{beginning} in {out}");
    }
    let id = |beginning: &str| {
        let line = out.lines().find_map(|line| line.strip_prefix(beginning));
        line.unwrap().split(' ').next().unwrap().to_owned()
    };
    assert_eq!(id("2. Created the form "), id("   Read the form again: "));
    // The printed wait is the requested one with its spread.
    let waited = id(
        "   Told to wait for a second, a client does, and a little more: its answer came after ",
    );
    let waited: f64 = waited.parse().unwrap();
    // The wait is printed in tenths, so it may be half a tenth longer than it was.
    let most = took.as_secs_f64() + 0.05;
    assert!((1.0..=most).contains(&waited), "{waited} of {took:?}");
}

#[test]
fn the_quickstart_creates_one_draft_where_a_token_is_set() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let client = Client::builder()
        .token(sandbox.token())
        .base_url(sandbox.url())
        .build()
        .unwrap();
    let mut command = quickstart();
    command
        .env("PENBOX_API_TOKEN", sandbox.token())
        .env("PENBOX_BASE_URL", sandbox.url());
    let out = output(&mut command);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[0], format!("Using the API at {}", sandbox.url()));
    let forms = client.forms().list(FormList::default());
    let forms: Vec<_> = forms.collect::<Result<_, _>>().unwrap();
    let [form] = &forms[..] else {
        panic!("{} forms", forms.len())
    };
    let created = format!("2. Created the form {} (draft)", form.id);
    assert!(lines.contains(&created.as_str()), "{lines:?}");
    let paged = "3. Paged through 1 of 1 forms, ten a request";
    assert!(lines.contains(&paged), "{lines:?}");
    assert!(!lines.join("\n").contains("sandbox"), "{lines:?}");
}
