//! The token in places where it does not belong: what a server sends back, and what a caller gives beside it.

use penbox::{
    CallOptions, Client, Download, Error, ErrorKind, FormCreate, FormList, Outcome, Upload,
};
use serde_json::json as value;

use crate::common::{Server, Step, TOKEN, answer, json};

/// The secret of the token.
fn secret() -> &'static str {
    &TOKEN[5..]
}

fn everything(error: &Error) -> String {
    let payload = error.payload().to_json();
    format!("{error} {error:?} {} {payload}", error.support_report())
}

/// Checks that no eight characters of the secret stand in a text, in any case and over white space.
fn check_hidden(text: &str) {
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let folded = folded.replace("\\n", "").replace("\\r", "").to_lowercase();
    for part in secret().as_bytes().windows(8) {
        let part = std::str::from_utf8(part).unwrap().to_lowercase();
        assert!(!folded.contains(&part), "{part} is in {text}");
    }
}

#[test]
fn a_token_that_is_sent_back_is_blanked_in_every_form() {
    let url: String = secret()
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    let escaped: String = secret()
        .bytes()
        .map(|byte| format!("\\u{byte:04x}"))
        .collect();
    let characters: Vec<&str> = secret().split("").filter(|c| !c.is_empty()).collect();
    let lines = characters.join("\\r\\n ");
    for form in [
        TOKEN.to_owned(),
        secret().to_uppercase(),
        secret().to_lowercase(),
        secret()[9..20].to_owned(),
        url,
        escaped,
        lines,
        format!("{} {}", &secret()[..20], &secret()[20..]),
    ] {
        let body = format!(
            r#"{{"statusCode":401,"error":"{form}","message":"the token '{form}' is bad"}}"#
        );
        let id = form.replace("\\r\\n", "");
        let header = format!("content-type: application/json\r\nx-request-id: {id}\r\n");
        let server = Server::start(vec![answer("401 Unauthorized", &header, body.as_bytes())]);
        let error = server.client().forms().get("a").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        check_hidden(&everything(&error));
        assert!(
            error.message().starts_with("the token '") && error.message().ends_with("***' is bad"),
            "{error}"
        );
    }
    // A success that cannot be used carries its body, too.
    let text = format!("[\"{}\"", secret().to_uppercase());
    let server = Server::start(vec![json("200 OK", &text)]);
    let error = server.client().forms().get("a").unwrap_err();
    assert_eq!(error.body(), Some("[\"***\""));
}

#[test]
fn a_token_is_in_no_name_of_a_file() {
    let header = format!(
        "content-disposition: attachment; filename=\"{}.pdf\"\r\n",
        secret()
    );
    let server = Server::start(vec![answer("200 OK", &header, b"%PDF")]);
    let file = server
        .client()
        .attachments()
        .download("a", Download::memory())
        .unwrap();
    assert_eq!(file.name.as_deref(), Some("pdf"));
}

#[test]
fn a_name_that_shares_characters_with_the_token_stays() {
    // As of a camera, with a token such as that of the documentation.
    for name in [
        format!("IMG_{}.jpg", &secret()[..8]),
        format!("IMG_{}.jpg", &secret()[9..17]),
        format!("{}.jpg", &secret()[..secret().len() - 1]),
    ] {
        let header = format!("content-disposition: attachment; filename=\"{name}\"\r\n");
        let server = Server::start(vec![answer("200 OK", &header, b"x")]);
        let client = server.client();
        let file = client
            .attachments()
            .download("a", Download::memory())
            .unwrap();
        assert_eq!(file.name.as_deref(), Some(&*name));
    }
}

type Call = fn(&Client) -> Option<Error>;

#[test]
fn a_token_in_another_place_than_its_own_is_not_sent() {
    let server = Server::start(vec![]);
    let client = server.client();
    let calls: [(Call, &str); 12] = [
        (
            |client| with(client, CallOptions::new().query("key", TOKEN)),
            "parameter key",
        ),
        (
            |client| {
                with(
                    client,
                    CallOptions::new().query("key", value!({"a": [secret()]})),
                )
            },
            "parameter key[a]",
        ),
        (
            |client| with(client, CallOptions::new().query(TOKEN, "x")),
            "parameter pnbx_***",
        ),
        (
            |client| with(client, CallOptions::new().header("x-key", TOKEN)),
            "extra header x-key",
        ),
        (
            |client| {
                with(
                    client,
                    CallOptions::new().header("x-key", format!("Bearer {TOKEN}")),
                )
            },
            "extra header x-key",
        ),
        (|client| client.forms().get(TOKEN).err(), "the path"),
        (
            |client| {
                client
                    .forms()
                    .list(FormList::default().extra("key", TOKEN))
                    .next()?
                    .err()
            },
            "parameter key",
        ),
        (
            |client| {
                let data = FormCreate::new("x")
                    .extra("data", value!({"note": ["a", format!("my {TOKEN}!")]}));
                client.forms().create(data).err()
            },
            "parameter data.note.1",
        ),
        (
            |client| {
                client
                    .forms()
                    .create(FormCreate::new("x").extra("data", value!({TOKEN: 1})))
                    .err()
            },
            "parameter data.pnbx_***",
        ),
        (
            |client| {
                let options = CallOptions::new().body("key", secret());
                client
                    .with_options(options)
                    .forms()
                    .create(FormCreate::new("x"))
                    .err()
            },
            "parameter key",
        ),
        (
            |client| client.attachments().upload(Upload::bytes("x", TOKEN)).err(),
            "parameter name",
        ),
        (
            |client| {
                client
                    .attachments()
                    .upload(Upload::bytes("x", "a").scope(TOKEN))
                    .err()
            },
            "parameter scope",
        ),
    ];
    for (call, place) in calls {
        let error = call(&client).unwrap();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidArgument, Outcome::NotSent),
            "{error}"
        );
        assert!(
            error
                .message()
                .contains(&format!("{place} holds this client's token")),
            "{error}"
        );
        assert!(error.operation().is_some());
        check_hidden(&everything(&error));
    }
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
}

fn with(client: &Client, options: CallOptions) -> Option<Error> {
    client.with_options(options).forms().get("a").err()
}

#[test]
fn a_token_as_a_name_is_not_shown() {
    let server = Server::start(vec![]);
    let client = server.client();
    let params = |text: String| {
        client
            .invoke("forms.list", &text, &CallOptions::new())
            .unwrap_err()
    };
    for error in [
        params(format!(r#"{{"{}": 1}}"#, secret())),
        params(format!(r#"{{"{TOKEN}": 1}}"#)),
        params(format!(r#"{{"user": {{"{}": 1}}}}"#, TOKEN.to_uppercase())),
        params(format!(
            r#"{{"filter": {{"attributes": {{"{TOKEN}": null}}}}}}"#
        )),
        CallOptions::from_json(&format!(r#"{{"{TOKEN}": 1}}"#))
            .err()
            .unwrap(),
        client.invoke(TOKEN, "{}", &CallOptions::new()).unwrap_err(),
        Client::builder()
            .token(TOKEN)
            .set(TOKEN, value!(1))
            .build()
            .unwrap_err(),
    ] {
        assert_eq!(error.outcome(), Outcome::NotSent);
        check_hidden(&everything(&error));
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn other_text_is_sent_as_it_is() {
    let step = || -> Step { json("200 OK", r#"{"id":"a"}"#) };
    let server = Server::start(vec![step(), step()]);
    let client = server.client();
    // The prefix, a part of the token and another token are no secret of this client.
    let note = format!("pnbx_ {} pnbx_another", &secret()[..20]);
    let data = FormCreate::new("x").extra("data", value!({"note": note}));
    client.forms().create(data).unwrap();
    let options = CallOptions::new()
        .query("note", note.clone())
        .header("x-note", &note);
    client.with_options(options).forms().get("a").unwrap();
    assert!(server.requests()[0].contains(&note));
}
