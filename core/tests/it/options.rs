//! Options of a client over those of another.

use penbox::{CallOptions, CancelToken, ErrorKind, FormCreate};

use crate::common::{Server, Step, json};

#[test]
fn options_over_options_keep_what_they_do_not_name() {
    let ok = || json("200 OK", r#"{"id":"a"}"#);
    let server = Server::start(vec![ok(), ok(), ok()]);
    let token = CancelToken::new();
    let first = server.client().with_options(
        CallOptions::new()
            .cancel(&token)
            .header("x-one", "1")
            .header("X-Two", "2")
            .query("a", "1")
            .query("b", "2")
            .max_attempts(2),
    );
    let second = first.with_options(
        CallOptions::new()
            .header("x-two", "22")
            .query("b", "22")
            .timeout(std::time::Duration::from_secs(7)),
    );
    second.forms().get("a").unwrap();
    first.forms().get("a").unwrap();
    second
        .with_options(CallOptions::new())
        .forms()
        .get("a")
        .unwrap();
    for (request, two) in server.requests().iter().zip(["22", "2", "22"]) {
        let request = request.to_lowercase();
        assert!(request.contains("x-one: 1\r\n"), "{request}");
        assert!(request.contains(&format!("x-two: {two}\r\n")), "{request}");
        assert_eq!(request.matches("x-two").count(), 1, "{request}");
        assert!(request.contains(&format!("a=1&b={two} ")), "{request}");
    }
    token.cancel();
    let error = second.forms().get("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    // Another token replaces the first.
    let server = Server::start(vec![ok()]);
    let client = server
        .client()
        .with_options(CallOptions::new().cancel(&token));
    let other = client.with_options(CallOptions::new().cancel(&CancelToken::new()));
    assert!(other.forms().get("a").is_ok());
    assert_eq!(
        client.forms().get("a").unwrap_err().kind(),
        ErrorKind::Cancelled
    );
}

#[test]
fn the_last_word_on_repeats_counts() {
    let script =
        || vec![Step::AnswerAndClose(b"HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n".to_vec()); 2];
    for (last, requests) in [(None, 2), (Some(false), 1), (Some(true), 2)] {
        let server = Server::start(script());
        let client = server
            .client()
            .with_options(CallOptions::new().max_attempts(2).retry_unsafe(true));
        let client = client.with_options(match last {
            Some(repeat) => CallOptions::new().retry_unsafe(repeat),
            None => CallOptions::new(),
        });
        client.forms().create(FormCreate::new("x")).unwrap_err();
        assert_eq!(server.requests().len(), requests, "{last:?}");
    }
}
