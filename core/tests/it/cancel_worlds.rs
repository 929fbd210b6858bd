//! Calls that are cancelled before their request can go out, or between two requests of one wait: over TLS and proxies, for
//! JSON and files, with another client beside them.

use std::io::{Cursor, Seek};
use std::time::Duration;

use penbox::bindings::Answer;
use penbox::{
    CallOptions, Client, Download, Error, ErrorKind, ExtractionCreate, ExtractionField,
    ExtractionSource, FormCreate, Outcome, Upload,
};

use crate::cancel::{FORM, Lines, both, client, ended_by, facts};
use crate::common::{Server, Step, TOKEN, json};

/// Clients whose connection is accepted by a server that says nothing: amid the TLS handshake, or amid a proxy's.
fn silent(lines: &Lines) -> Vec<Client> {
    let address = lines.address;
    let builder = |base: String| {
        Client::builder()
            .token(TOKEN)
            .base_url(base)
            .connect_timeout(Duration::from_secs(60))
    };
    let direct = builder(format!("https://{address}/v1"));
    let proxies = ["http", "https", "socks5h"].map(|kind| {
        builder("https://penbox.invalid/v1".to_owned()).proxy(format!("{kind}://{address}"))
    });
    let clients = [direct].into_iter().chain(proxies);
    clients.map(|builder| builder.build().unwrap()).collect()
}

#[test]
fn a_call_amid_a_handshake_ends_and_sent_nothing() {
    let lines = Lines::new();
    let mut met = 0;
    for number in 0..silent(&lines).len() {
        both(
            |_, way, kind| {
                let client = silent(&lines).remove(number);
                let folder = tempfile::tempdir().unwrap();
                let mut source = Cursor::new(vec![7_u8; 1 << 20]);
                for call in 0..3 {
                    let client = client.clone();
                    // A client of its own each time: the last one may be closed.
                    let client = match kind {
                        ErrorKind::Closed => silent(&lines).remove(number),
                        _ => client,
                    };
                    let (token, end) = way(client.clone());
                    let client = client.with_options(CallOptions::new().cancel(&token));
                    let mut kept = None;
                    let ready = || kept = Some(lines.connection());
                    let to = folder.path().join("x");
                    let error = match call {
                        0 => ended_by(end, ready, || client.forms().create(FormCreate::new("x"))),
                        1 => ended_by(end, ready, || {
                            let upload = Upload::seekable(&mut source, "a.bin");
                            client.attachments().upload(upload)
                        }),
                        _ => ended_by(end, ready, || {
                            client.attachments().download("a", Download::to(&to))
                        }),
                    };
                    assert_eq!(
                        facts(&error),
                        (kind, Outcome::NotSent, 1),
                        "{number} {call}"
                    );
                    assert_eq!(source.stream_position().unwrap(), 0);
                    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
                    met += 1;
                }
            },
            lines.address,
        );
    }
    println!("handshakes: {met} of 24 calls ended and sent nothing");
    assert_eq!(met, 24);
}

/// An extraction: typed, or by its id.
fn extract(client: &Client, is_typed: bool, options: &CallOptions) -> Result<(), Error> {
    if is_typed {
        let params = ExtractionCreate::fields_of(
            vec![ExtractionSource::id("a")],
            vec![ExtractionField::text("name")],
        );
        let client = client.with_options(options.clone());
        return client.document_intelligence().extract(params).map(drop);
    }
    let params = r#"{"attachments":[{"id":"a"}],"fields":[{"name":"name","type":"text"}]}"#;
    let answer: Result<Answer, Error> =
        client.invoke("document_intelligence.extract", params, options);
    answer.map(drop)
}

#[test]
fn an_extraction_ends_in_its_pause_and_another_client_goes_on() {
    for is_typed in [true, false] {
        both(
            |_, way, kind| {
                let pending = || json("200 OK", r#"{"id":"e","results":null}"#);
                // The fourth pause is of two seconds.
                let server = Server::start((0..40).map(|_| pending()).collect());
                let others = Server::start(vec![Step::Answer(FORM.to_vec())]);
                let client = server.client();
                let other = others.client();
                let (token, end) = way(client.clone());
                let options = CallOptions::new().cancel(&token);
                let ready = || {
                    while server.requests().len() < 4 {
                        std::thread::yield_now();
                    }
                };
                let error = ended_by(end, ready, || extract(&client, is_typed, &options));
                // The job was made.
                assert_eq!((error.kind(), error.outcome()), (kind, Outcome::Done));
                assert_eq!(other.forms().get("a").unwrap().id, "a");
                assert!(server.requests().len() <= 5);
            },
            "127.0.0.1:1".parse().unwrap(),
        );
    }
}

#[test]
fn a_closed_clients_neighbour_at_the_same_server_goes_on() {
    let lines = Lines::new();
    let (closing, staying) = (client(lines.address), client(lines.address));
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| closing.forms().get("a"));
        let _closed = lines.request();
        let going = scope.spawn(|| staying.forms().get("a"));
        let mut stays = lines.request();
        closing.close();
        assert_eq!(ended.join().unwrap().unwrap_err().kind(), ErrorKind::Closed);
        std::io::Write::write_all(&mut stays, FORM).unwrap();
        assert_eq!(going.join().unwrap().unwrap().id, "a");
    });
}
