//! The curl line of a failed call, run by a real shell.

use penbox::{Download, ErrorKind, FormCreate, FormList, FormUpdate, Upload, User, UserFilter};

use crate::common::{Server, TOKEN, json};

/// The arguments that `curl` gets from a real shell.
#[cfg(unix)]
fn arguments(line: &str) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}\n");
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", &script])
        .env("PENBOX_API_TOKEN", TOKEN)
        .output()
        .unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{line}: {output:?}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let words = text.strip_suffix('\0').unwrap().split('\0');
    words.map(str::to_owned).collect()
}

#[test]
#[cfg(unix)]
fn the_line_makes_the_request_that_failed() {
    let refused = || {
        json(
            "403 Forbidden",
            r#"{"message":"No access to this resource"}"#,
        )
    };
    let server = Server::start((0..6).map(|_| refused()).collect());
    let client = server.client();
    let email = "o'brien+\"$(id)`id`\\ @example.com";
    let filter = FormList::default().user(UserFilter::email(email));
    let form = FormCreate::new("x").user(User::email(email));
    let errors = [
        client.forms().get("it's 100% [x] {y} \u{e9}").unwrap_err(),
        client.forms().list(filter).next().unwrap().unwrap_err(),
        client.forms().create(form).unwrap_err(),
        client
            .forms()
            .update("a", FormUpdate::default().processed(true))
            .unwrap_err(),
        client
            .attachments()
            .upload(Upload::bytes(b"%PDF", "a.pdf"))
            .unwrap_err(),
        client
            .attachments()
            .download("a", Download::memory())
            .unwrap_err(),
    ];
    for (error, request) in errors.iter().zip(server.requests()) {
        let line = error.curl().unwrap();
        assert!(
            !line.contains(&TOKEN[5..]) && !line.contains('\n'),
            "{line}"
        );
        let words = arguments(&line);
        let at = |name: &str| {
            words
                .iter()
                .position(|word| word == name)
                .map(|at| words[at + 1].clone())
        };
        let method = at("-X").unwrap();
        let url = words.iter().find(|word| word.starts_with("http")).unwrap();
        let path = url.strip_prefix(&server.url()).unwrap();
        let first = request.lines().next().unwrap();
        assert_eq!(first, format!("{method} /v1{path} HTTP/1.1"));
        assert!(words.contains(&format!("Authorization: Bearer {TOKEN}")));
        let lower = request.to_lowercase();
        let accept = words
            .iter()
            .find_map(|word| word.strip_prefix("Accept: "))
            .unwrap();
        assert!(
            lower.contains(&format!("accept: {accept}\r\n")),
            "{request}"
        );
        let (has_json, has_form) = (
            lower.contains("content-type: application/json"),
            lower.contains("multipart/form-data"),
        );
        assert_eq!(
            at("--data-binary").as_deref(),
            has_json.then_some("@body.json")
        );
        assert_eq!(at("-F").as_deref(), has_form.then_some("file=@FILE"));
        assert_eq!(at("-o").is_some(), accept != "application/json");
        // The body of the request holds the contact, and the line does not.
        let body = request.split("\r\n\r\n").nth(1).unwrap();
        assert!(body.is_empty() || !line.contains("brien"), "{line}");
    }
    // The line is no part of what programs log by themselves.
    let error = &errors[1];
    let shown = format!(
        "{error} {error:?} {error:#?} {} {}",
        error.support_report(),
        error.payload().to_json()
    );
    assert!(!shown.contains("brien"), "{shown}");
    assert!(error.payload().to_json_with_curl().contains("brien"));
}

#[test]
fn a_token_that_was_put_into_the_address_is_not_in_the_line() {
    let server = Server::start(vec![]);
    // Without its prefix only the client knows it for its token.
    let secret = TOKEN.trim_start_matches("pnbx_");
    let filter = FormList::default().user(UserFilter::email(secret));
    let errors = [
        server
            .client()
            .forms()
            .list(filter)
            .next()
            .unwrap()
            .unwrap_err(),
        server.client().forms().get(secret).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let line = error.curl().unwrap_or_default();
        assert!(!line.contains(&secret[..8]), "{line}");
    }
}

#[test]
fn an_error_without_a_request_has_no_line() {
    let server = Server::start(vec![]);
    let client = server.client();
    assert_eq!(client.forms().get("").unwrap_err().curl(), None);
    assert_eq!(penbox::Client::builder().build().unwrap_err().curl(), None);
    drop(server);
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(
        error.curl().is_some(),
        "a call that never reached the server can be tried by hand"
    );
}
