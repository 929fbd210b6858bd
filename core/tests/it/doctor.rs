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
    // A program that reads JSON needs the exit code as much, and nothing beside the object.
    let (code, text, error) = doctor(&["--workspace=elsewhere", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, error.as_str(), &json["ok"]), (1, "", &false.into()));
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

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let (sandbox, _) = start();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = example("doctor", &[], &sandbox.url(), sandbox.token());
    let output = command.stdout(writer).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""));
}

#[test]
fn the_env_file_of_the_working_directory_is_looked_at_without_git() {
    let (sandbox, _) = start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let content = format!("PENBOX_API_TOKEN={}\n", sandbox.token());
    std::fs::write(folder.path().join(".env"), content).unwrap();
    let mut command = example("doctor", &[], &sandbox.url(), sandbox.token());
    // The environment is empty: no program would be found.
    let (code, text, _) = run(command.current_dir(folder.path()));
    assert_eq!(code, 0, "a warning is no error");
    assert!(text.contains("warning env_file_exposed: "), "{text}");
    std::fs::write(folder.path().join(".gitignore"), ".env*\n").unwrap();
    let (_, text, _) = run(command.current_dir(folder.path()));
    assert!(!text.contains("env_file_exposed"), "{text}");
}
