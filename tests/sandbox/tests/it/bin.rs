use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_penbox-sandbox"))
}

/// Starts the program and reads the first line it prints.
fn start(arguments: &[&str]) -> (Child, String) {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    (child, line.trim_end().to_owned())
}

fn address(url: &str) -> &str {
    let rest = url.strip_prefix("http://").expect("plain http");
    rest.strip_suffix("/v1").expect("the version")
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = program()
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (
        status.code().expect("an exit code"),
        text(stdout),
        text(stderr),
    )
}

#[test]
fn the_url_comes_first_and_the_end_of_stdin_ends_it() {
    let (mut child, url) = start(&["--exit-on-stdin-eof"]);
    TcpStream::connect(address(&url)).unwrap();
    assert!(url.starts_with("http://127.0.0.1:"));
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(TcpStream::connect(address(&url)).is_err());
}

#[cfg(unix)]
#[test]
fn it_outlives_stdin_unless_told_and_ends_on_sigterm_and_sigint() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, url) = start(&["--port", "0"]);
        drop(child.stdin.take());
        TcpStream::connect(address(&url)).unwrap();
        assert!(child.try_wait().unwrap().is_none());
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_port_of_ones_own() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let (code, stdout, stderr) = run(&["--port", &port.to_string()]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.starts_with("penbox-sandbox: "), "{stderr}");
    drop(free);
    let (mut child, url) = start(&[&format!("--port={port}"), "--exit-on-stdin-eof"]);
    assert_eq!(url, format!("http://127.0.0.1:{port}/v1"));
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn help_and_version() {
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for word in [
        "--port",
        "--exit-on-stdin-eof",
        penbox_sandbox::seed::ACME_TOKEN,
        penbox_sandbox::seed::GLOBEX_TOKEN,
    ] {
        assert!(help.contains(word), "{word}");
    }
    let (code, version, _) = run(&["--version"]);
    assert_eq!(
        (code, version),
        (0, format!("penbox-sandbox {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn arguments_it_does_not_know() {
    for (arguments, message) in [
        (&["--prot", "1"][..], "unknown argument \"--prot\""),
        (&["8080"], "unknown argument \"8080\""),
        (&["--port"], "--port needs a number"),
        (
            &["--port", "70000"],
            "--port needs a number from 0 to 65535, not \"70000\"",
        ),
        (
            &["--port=x"],
            "--port needs a number from 0 to 65535, not \"x\"",
        ),
    ] {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(
            stderr,
            format!("penbox-sandbox: {message}\nTry penbox-sandbox --help.\n")
        );
    }
}

#[test]
fn a_seed_file_is_planted_and_a_bad_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.json");
    let given = path.to_str().unwrap();
    std::fs::write(&path, r#"{"form_templates": [{"slug": "my-intake"}]}"#).unwrap();
    let (mut child, url) = start(&["--seed", given, "--exit-on-stdin-eof"]);
    let address = address(&url).to_owned();
    let list = get(&address, "/v1/form_templates");
    assert!(list.contains(r#""slug":"my-intake""#), "{list}");
    drop(child.stdin.take());
    child.wait().unwrap();
    for (text, part) in [
        (r#"{"form_templats": []}"#, "form_templats"),
        (r#"{"forms": [{"count": 1, "flow": "nobody"}]}"#, "nobody"),
        ("{", "EOF"),
    ] {
        std::fs::write(&path, text).unwrap();
        let (code, stdout, stderr) = run(&["--seed", given]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{text}");
        assert!(stderr.contains(part), "{stderr}");
    }
    let (code, _, stderr) = run(&["--seed", "/nowhere/seed.json"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("/nowhere/seed.json: "), "{stderr}");
}

/// The answer to a request with the seed's token, read to its end.
fn get(address: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = TcpStream::connect(address).unwrap();
    let token = penbox_sandbox::seed::ACME_TOKEN;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn another_host_is_served_with_a_warning_and_says_when_it_is_ready() {
    let (mut child, url) = start_all(&["--host", "0.0.0.0", "--exit-on-stdin-eof"]);
    // An address that a client can open.
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let ready = get(address(&url), "/_sandbox/ready");
    assert!(ready.starts_with("HTTP/1.1 200 "), "{ready}");
    assert!(ready.ends_with(r#"{"ok":true}"#), "{ready}");
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("warning: whoever reaches this"), "{stderr}");
    let (code, _, stderr) = run(&["--host", "localhost"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("--host needs an IP address"), "{stderr}");
}

/// The same as [`start`], with what it says on stderr.
fn start_all(arguments: &[&str]) -> (Child, String) {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    (child, line.trim_end().to_owned())
}

#[test]
fn each_request_gets_a_line_if_that_is_wanted() {
    let (mut child, url) = start_all(&["--log", "--exit-on-stdin-eof"]);
    get(address(&url), "/v1/forms?user[email]=john@example.com");
    get(address(&url), "/nothing");
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(lines[0].contains(" GET /v1/forms 200 "), "{stderr}");
    assert!(lines[1].contains(" GET /nothing 404 "), "{stderr}");
    // Neither a token nor a contact.
    assert!(!stderr.contains("pnbx_") && !stderr.contains("john"));
}
