//! The check of a client: each finding is made by its own fault, and is absent without it.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use penbox::bindings::Environment;
use penbox::{CheckOptions, Client, ClientBuilder, Level, Report};
use penbox_sandbox::seed;

use crate::common::{Server, json};
use crate::sandbox::start;
use crate::tls::{Authority, Files, Server as TlsServer};

/// A token as long as the documentation's.
pub(crate) const LONG: &str = "pnbx_Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLe4Uy6Tr9Wd";
pub(crate) const WORKSPACES: &str =
    r#"{"data":[{"id":"w1","slug":"acme"},{"id":"w2","slug":"beta"}],"meta":{"total_count":2}}"#;

/// The findings that are not well.
pub(crate) fn problems(report: &Report) -> Vec<(&'static str, Level)> {
    let findings = report.findings().iter();
    let problems = findings.filter(|finding| finding.level != Level::Ok);
    problems
        .map(|finding| (finding.id, finding.level))
        .collect()
}

/// The findings that are well.
pub(crate) fn good(report: &Report) -> Vec<&'static str> {
    let findings = report.findings().iter();
    let good = findings.filter(|finding| finding.level == Level::Ok);
    good.map(|finding| finding.id).collect()
}

pub(crate) fn message(report: &Report, id: &str) -> String {
    let mut findings = report.findings().iter();
    let finding = findings.find(|finding| finding.id == id).unwrap();
    finding.message.clone()
}

/// A folder without a `.env`.
pub(crate) fn nowhere() -> CheckOptions {
    CheckOptions::new().folder("/nowhere")
}

/// The report on a client without a fault of its own.
pub(crate) fn report(builder: ClientBuilder) -> Report {
    let client = builder.token(LONG).token_name("CRM").build().unwrap();
    client.check_with(&nowhere()).unwrap()
}

#[test]
fn a_client_that_is_well_has_no_finding_to_mend() {
    let (sandbox, _) = start();
    let builder = Client::builder().base_url(sandbox.url());
    let client = builder
        .token(sandbox.token())
        .token_name("CRM")
        .build()
        .unwrap();
    let report = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&report), []);
    let expected = [
        "token_source",
        "token_format",
        "address",
        "proxy",
        "token_accepted",
        "workspace",
        "clock",
        "latency",
    ];
    assert_eq!(good(&report), expected);
    assert!(report.is_ok());
    assert!(message(&report, "workspace").contains(seed::ACME_SLUG));
    assert_eq!(sandbox.requests().len(), 1);
    let text = report.to_string();
    assert!(text.ends_with("0 errors, 0 warnings"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["ok"], true);
    assert_eq!(json["findings"][0]["level"], "ok");
    assert_eq!(json["base_url"], sandbox.url());
}

#[test]
fn a_token_of_an_unusual_length_is_a_note_once_the_api_accepts_it() {
    for (step, level) in [
        (json("200 OK", WORKSPACES), Level::Note),
        (
            json("401 Unauthorized", r#"{"message":"Invalid token"}"#),
            Level::Warning,
        ),
    ] {
        let server = Server::start(vec![step]);
        let client = server.builder().token_name("CRM").build().unwrap();
        let report = client.check_with(&nowhere()).unwrap();
        assert_eq!(problems(&report)[0], ("token_length", level));
        assert!(message(&report, "token_length").contains("44 characters"));
    }
}

#[test]
fn a_token_without_a_name_is_a_note() {
    let server = Server::start(vec![json("200 OK", WORKSPACES)]);
    let client = server.builder().token(LONG).build().unwrap();
    let report = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&report), [("token_name_missing", Level::Note)]);
}

/// The problems of a client with this environment and no other setting.
fn in_environment(pairs: &[(&str, &str)]) -> Vec<(&'static str, Level)> {
    let server = Server::start(vec![json("200 OK", WORKSPACES)]);
    let environment = Environment::of_pairs(pairs.iter().copied());
    let builder = Client::builder().base_url(server.url()).token_name("CRM");
    let client = builder.with_environment(environment).build().unwrap();
    problems(&client.check_with(&nowhere()).unwrap())
}

#[test]
#[cfg(unix)]
fn a_token_file_that_others_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, LONG).unwrap();
    for (mode, expected) in [
        (0o644, &[("token_file_readable", Level::Warning)][..]),
        (0o604, &[("token_file_readable", Level::Warning)]),
        (0o640, &[]),
        (0o600, &[]),
        (0o400, &[]),
    ] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let found = in_environment(&[("PENBOX_API_TOKEN_FILE", path.to_str().unwrap())]);
        assert_eq!(found, expected, "{mode:o}");
    }
}

#[test]
fn one_token_in_two_environments_is_a_warning() {
    let other = LONG.replace("Qw3r", "Zz9x");
    let prod = ("PENBOX_API_TOKEN_PROD", LONG);
    let plain = ("PENBOX_API_TOKEN", LONG);
    let shared = ("token_shared", Level::Warning);
    let staging = ("PENBOX_API_TOKEN_STAGING", LONG);
    assert_eq!(
        in_environment(&[plain, prod, ("PENBOX_API_TOKEN_DEV", LONG)]),
        [shared]
    );
    assert_eq!(in_environment(&[plain, prod, staging]), [shared]);
    // The plain variable is no environment: it may be set from one of them.
    assert_eq!(in_environment(&[plain, prod]), []);
    assert_eq!(
        in_environment(&[plain, prod, ("PENBOX_API_TOKEN_DEV", &other)]),
        []
    );
    assert_eq!(
        in_environment(&[
            plain,
            ("PENBOX_API_TOKEN_PROD", ""),
            ("PENBOX_API_TOKEN_DEV", "")
        ]),
        []
    );
}

#[test]
fn an_env_file_that_git_would_take_is_a_warning() {
    let problems_in = |folder: &Path| {
        let server = Server::start(vec![json("200 OK", WORKSPACES)]);
        let client = server
            .builder()
            .token(LONG)
            .token_name("CRM")
            .build()
            .unwrap();
        problems(
            &client
                .check_with(&CheckOptions::new().folder(folder))
                .unwrap(),
        )
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("app");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join(".env");
    std::fs::write(&file, format!("A=1\nPENBOX_API_TOKEN={LONG}\n")).unwrap();
    assert_eq!(problems_in(&folder), [], "no repository");
    std::fs::create_dir(root.path().join(".git")).unwrap();
    assert_eq!(problems_in(&folder), [("env_file_exposed", Level::Warning)]);
    std::fs::write(root.path().join(".gitignore"), "*.log\n.env\n").unwrap();
    assert_eq!(problems_in(&folder), [], "ignored");
    std::fs::remove_file(root.path().join(".gitignore")).unwrap();
    std::fs::write(&file, "PORT=80\n").unwrap();
    assert_eq!(
        problems_in(&folder),
        [("env_file_exposed", Level::Note)],
        "without a token"
    );
    std::fs::remove_file(&file).unwrap();
    assert_eq!(problems_in(&folder), [], "no file");
}

#[test]
fn plain_http_to_another_machine_is_a_warning() {
    let server = Server::start(vec![json("200 OK", WORKSPACES)]);
    // This address is no loopback by its name, and reaches this machine.
    let url = server.url().replace("127.0.0.1", "0.0.0.0");
    let builder = Client::builder().base_url(url).allow_insecure_http(true);
    assert_eq!(
        problems(&report(builder)),
        [("insecure_http", Level::Warning)]
    );
}

/// The one problem of a client, with its message.
pub(crate) fn only(report: &Report) -> (&'static str, Level, String) {
    let problems = problems(report);
    assert_eq!(problems.len(), 1, "{report}");
    let (id, level) = problems[0];
    (id, level, message(report, id))
}

#[test]
fn a_name_that_does_not_resolve_and_a_port_that_refuses_are_told_apart() {
    let host = format!("https://{}.invalid/v1", "a".repeat(70));
    let (id, level, _) = only(&report(Client::builder().base_url(host)));
    assert_eq!((id, level), ("dns", Level::Error));
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let found = report(Client::builder().base_url(format!("http://127.0.0.1:{port}/v1")));
    let (id, level, _) = only(&found);
    assert_eq!((id, level), ("refused", Level::Error));
    assert!(!found.is_ok());
    assert!(!good(&found).contains(&"token_accepted"));
}

#[test]
fn a_proxy_is_named_with_its_reason_and_without_its_password() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let proxy = format!("http://user:hunter2@127.0.0.1:{port}");
    let through = |pairs: &[(&str, &str)]| {
        let environment = Environment::of_pairs(pairs.iter().copied());
        let builder = Client::builder().base_url("https://penbox.invalid/v1");
        // With a name that cannot be resolved nothing is sent where there is no proxy.
        let builder = builder.connect_timeout(Duration::from_millis(300));
        report(builder.with_environment(environment))
    };
    let found = through(&[("HTTPS_PROXY", &proxy)]);
    let (id, level, _) = only(&found);
    assert_eq!((id, level), ("proxy_failed", Level::Error));
    let expected = format!(
        "Requests go through the proxy http://***@127.0.0.1:{port} (the environment variable HTTPS_PROXY)."
    );
    assert_eq!(message(&found, "proxy"), expected);
    assert!(!format!("{found} {}", found.to_json()).contains("hunter2"));
    let exempt = through(&[("HTTPS_PROXY", &proxy), ("no_proxy", ".invalid")]);
    assert_eq!(
        message(&exempt, "proxy"),
        "No proxy is used: the environment variable HTTPS_PROXY names one, and the environment variable no_proxy exempts the API's host."
    );
    assert!(!good(&found).contains(&"proxy_failed"));
}

#[test]
fn an_untrusted_certificate_is_an_error_that_says_whom_tls_trusts() {
    let (authority, other) = (Authority::new(), Authority::new());
    let files = Files::new();
    for (trusts, expected) in [(&other, Some("tls")), (&authority, None)] {
        let leaf = authority.leaf("localhost", |_| {});
        let server = TlsServer::answering(&leaf, None, |tls| {
            use std::io::Write as _;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
            let _ = write!(tls, "{head} {}\r\n\r\n{WORKSPACES}", WORKSPACES.len());
        });
        let path = files.put("ca.pem", &trusts.certificate.pem());
        let found = report(server.builder("localhost").ca_file(&path));
        let ids: Vec<_> = problems(&found).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, Vec::from_iter(expected), "{found}");
        let text = "1 certificate authority and no other (the setting ca_file)";
        assert_eq!(message(&found, "trust"), format!("TLS trusts {text}."));
        if let Some(id) = expected {
            let said = message(&found, id);
            assert!(
                said.contains("invalid peer certificate") && said.contains(text),
                "{said}"
            );
        }
    }
}
