//! The command `doctor`, as the example runs it.

use std::process::Command;

use penbox_sandbox::seed;

use crate::examples::example;
use crate::sandbox::start;

/// The exit code and both outputs.
fn run(command: &mut Command) -> (i32, String, String) {
    let output = command
        .output()
        .expect("examples are built by a plain `cargo test`");
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_report_is_text_or_json_and_its_errors_are_the_exit_code() {
    let (sandbox, _) = start();
    let doctor = |arguments: &[&str]| {
        run(&mut example(
            "doctor",
            arguments,
            &sandbox.url(),
            sandbox.token(),
        ))
    };
    let (code, text, error) = doctor(&[]);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    assert!(
        text.contains("token_accepted: ") && text.ends_with("0 errors, 0 warnings\n"),
        "{text}"
    );
    let (code, text, _) = doctor(&["--json", "--workspace", seed::ACME_SLUG]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &json["ok"]), (0, &true.into()));
    assert_eq!(json["base_url"], sandbox.url());
    let (code, text, _) = doctor(&["--workspace=elsewhere"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("error   wrong_workspace: ") && text.contains(seed::ACME_SLUG),
        "{text}"
    );
    for secret in [&sandbox.token()[5..20], "Bearer pnbx"] {
        assert!(!text.contains(secret));
    }
}

#[test]
fn the_curl_line_is_printed_and_nothing_is_sent() {
    let (sandbox, _) = start();
    let (code, text, error) = run(&mut example(
        "doctor",
        &["--curl"],
        &sandbox.url(),
        sandbox.token(),
    ));
    let expected = format!(
        "curl -X GET '{}/workspaces?page%5Bnumber%5D=1&page%5Bsize%5D=100' -H \"Authorization: Bearer $PENBOX_API_TOKEN\" -H 'Accept: application/json'\n",
        sandbox.url()
    );
    assert_eq!((code, text, error), (0, expected, String::new()));
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn without_a_client_there_is_a_report_too() {
    let (sandbox, _) = start();
    for (token, id) in [
        ("", "token_missing"),
        ("Bearer pnbx_abcdefgh", "token_malformed"),
    ] {
        for arguments in [&[][..], &["--json"], &["--curl"]] {
            let (code, text, _) = run(&mut example("doctor", arguments, &sandbox.url(), token));
            assert_eq!(code, 1, "{text}");
            assert!(
                text.contains(id) && text.contains("fix") && !text.contains("abcdefgh"),
                "{text}"
            );
        }
    }
}

#[test]
fn wrong_arguments_are_code_2_and_nothing_is_sent() {
    let (sandbox, _) = start();
    let doctor = |arguments: &[&str]| {
        run(&mut example(
            "doctor",
            arguments,
            &sandbox.url(),
            sandbox.token(),
        ))
    };
    for arguments in [
        &["--jsn"][..],
        &["x"],
        &["--workspace"],
        &["--workspace="],
        &["--workspace", "--json"],
        &["--json", "--curl"],
        &["pnbx_abcdefgh"],
    ] {
        let (code, text, error) = doctor(arguments);
        assert_eq!((code, text.as_str()), (2, ""), "{arguments:?}");
        assert!(
            error.contains("Usage: cargo run --example doctor") && !error.contains("abcdefgh"),
            "{error}"
        );
    }
    let (code, text, _) = doctor(&["--help"]);
    assert!(code == 0 && text.contains("--workspace SLUG"));
    assert_eq!(sandbox.requests().len(), 0);
}
