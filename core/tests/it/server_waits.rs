//! The waits that a server requests: the length of a call's wait, the calls that do not wait, and the wait in their errors.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use penbox::{
    Client, ClientBuilder, Download, Error, ErrorKind, ExtractionCreate, ExtractionField,
    ExtractionSource, FormCreate, FormList, Outcome, Upload,
};

use crate::common::{Server, Step, TOKEN, answer, json};

const FORM: &str = r#"{"id":"a"}"#;

/// The reason phrases do not matter to the client.
fn asking(status: u16, header: &str) -> Step {
    let lines = format!("content-type: application/json\r\nretry-after: {header}\r\n");
    let body = format!(r#"{{"statusCode":{status},"message":"m"}}"#);
    answer(&format!("{status} X"), &lines, body.as_bytes())
}

fn at_once(server: &Server) -> Client {
    let builder = server.builder().max_attempts(3);
    builder.max_retry_wait(Duration::ZERO).build().unwrap()
}

/// One call of a kind, and the good answers that it needs before the failing one.
type Call = fn(&Client) -> Result<(), Error>;

fn read(client: &Client) -> Result<(), Error> {
    client.forms().get("a").map(drop)
}

fn list(client: &Client) -> Result<(), Error> {
    let forms = client.forms().list(FormList::default());
    forms.collect::<Result<Vec<_>, _>>().map(drop)
}

fn download(client: &Client) -> Result<(), Error> {
    let attachments = client.attachments();
    attachments.download("a", Download::memory()).map(drop)
}

fn create(client: &Client) -> Result<(), Error> {
    client.forms().create(FormCreate::new("x")).map(drop)
}

fn upload(client: &Client) -> Result<(), Error> {
    let file = Upload::bytes(b"hello", "a.txt");
    client.attachments().upload(file).map(drop)
}

fn extract(client: &Client) -> Result<(), Error> {
    let params = ExtractionCreate::fields_of(
        vec![ExtractionSource::id("a")],
        vec![ExtractionField::text("b")],
    );
    client.document_intelligence().extract(params).map(drop)
}

#[test]
fn a_wait_beyond_max_retry_wait_is_an_error_at_once_whatever_the_status() {
    let reads: [Call; 3] = [read, list, download];
    let acts: [Call; 2] = [create, upload];
    let passing = [408, 425, 429, 500, 502, 503, 504];
    for status in passing {
        let calls = reads.iter().chain(acts.iter().filter(|_| status == 429));
        for call in calls {
            let server = Server::start(vec![asking(status, "3600")]);
            let started = Instant::now();
            let error = call(&at_once(&server)).unwrap_err();
            assert!(started.elapsed() < Duration::from_secs(5), "{status}");
            assert_eq!(
                (error.http_status(), error.attempts(), error.retry_after()),
                (Some(status), 1, Some(Duration::from_secs(3_600))),
                "{error}"
            );
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[test]
fn the_questions_of_an_extraction_wait_no_longer_either() {
    let made = json("201 Created", r#"{"id":"e"}"#);
    let server = Server::start(vec![made, asking(503, "3600")]);
    let started = Instant::now();
    let error = extract(&at_once(&server)).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(
        (error.kind(), error.retry_after(), error.outcome()),
        (
            ErrorKind::Server,
            Some(Duration::from_secs(3_600)),
            Outcome::Done
        )
    );
}

#[test]
fn the_second_page_waits_no_longer_either() {
    let page =
        r#"{"data":[{"id":"a"}],"links":{"next":"x"},"meta":{"total_count":2,"total_pages":2}}"#;
    let server = Server::start(vec![json("200 OK", page), asking(503, "3600")]);
    let client = server.builder().page_size(1).max_attempts(3);
    let client = client.max_retry_wait(Duration::from_secs(30));
    let started = Instant::now();
    let error = list(&client.build().unwrap()).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
}

#[test]
fn the_clients_own_pauses_are_not_meant_by_max_retry_wait() {
    let plain = || json("503 Service Unavailable", "{}");
    for first in [plain(), asking(503, "0")] {
        let server = Server::start(vec![first, json("200 OK", FORM)]);
        read(&at_once(&server)).unwrap();
        assert_eq!(server.requests().len(), 2);
    }
}

/// A server that answers the first request of each connection with a 503 and a wait of a second, and the others with success.
struct Outage {
    address: SocketAddr,
    /// The time between the answer to each first request and the second request.
    returns: Arc<Mutex<Vec<Duration>>>,
}

impl Outage {
    fn start() -> Outage {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let returns = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&returns);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || Outage::serve(stream, &seen));
            }
        });
        Outage { address, returns }
    }

    fn serve(mut stream: TcpStream, returns: &Mutex<Vec<Duration>>) {
        let first = "HTTP/1.1 503 X\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\n{}";
        let other = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{FORM}",
            FORM.len()
        );
        let (mut head, mut byte, mut refused) = (Vec::new(), [0], None);
        while let Ok(1) = stream.read(&mut byte) {
            head.push(byte[0]);
            if !head.ends_with(b"\r\n\r\n") {
                continue;
            }
            head.clear();
            let answer = match refused {
                None => first,
                Some(_) => &other,
            };
            if let Some(at) = refused {
                returns.lock().unwrap().push(Instant::now() - at);
            }
            // The time is taken before the answer is sent, so the measured wait is never shorter than the client's.
            refused.get_or_insert_with(Instant::now);
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    fn builder(&self) -> ClientBuilder {
        let url = format!("http://{}/v1", self.address);
        Client::builder().token(TOKEN).base_url(url)
    }
}

#[test]
fn calls_with_the_same_wait_from_a_503_are_spread() {
    const CLIENTS: usize = 100;
    let server = Outage::start();
    let clients: Vec<Client> = (0..CLIENTS)
        .map(|_| server.builder().build().unwrap())
        .collect();
    std::thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| read(client).unwrap());
        }
    });
    let mut returns = server.returns.lock().unwrap().clone();
    returns.sort();
    assert_eq!(returns.len(), CLIENTS);
    assert!(returns[0] >= Duration::from_secs(1), "{:?}", returns[0]);
    // The calls are spread over a second. By chance, half of them fall within a tenth of it practically never.
    let crowded = returns
        .windows(CLIENTS / 2)
        .find(|half| half[CLIENTS / 2 - 1] - half[0] < Duration::from_millis(110));
    assert!(crowded.is_none(), "{crowded:?}");
}

#[test]
fn a_5xx_holds_its_own_call_and_no_other() {
    let server = Server::start(vec![asking(503, "60"), json("200 OK", FORM)]);
    let client = server.builder().build().unwrap();
    assert_eq!(
        read(&client).unwrap_err().retry_after(),
        Some(Duration::from_secs(60))
    );
    let started = Instant::now();
    read(&client).unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_error_carries_the_whole_number() {
    let whole = |seconds: u64| Some(Duration::from_secs(seconds));
    for (text, expected) in [
        ("0", whole(0)),
        ("86401", whole(86_401)),
        ("604800", whole(604_800)),
        ("900000", whole(900_000)),
        ("1000000000000", whole(1_000_000_000_000)),
        ("9007199254740993", whole(9_007_199_254_740_993)),
        ("18446744073709551616", Some(Duration::MAX)),
        ("-1", None),
        ("soon", None),
        ("NaN", None),
    ] {
        let in_body = format!(r#"{{"statusCode":429,"message":"m","retryAfter":{text}}}"#);
        for step in [json("429 X", &in_body), asking(429, text)] {
            let server = Server::start(vec![step]);
            let error = create(&server.client()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::RateLimit);
            assert_eq!(error.retry_after(), expected, "{text}");
        }
    }
    let server = Server::start(vec![json("429 X", r#"{"retryAfter":1e999,"message":"m"}"#)]);
    let error = create(&server.client()).unwrap_err();
    assert_eq!(
        (error.retry_after(), error.message()),
        (Some(Duration::MAX), "m")
    );
}

#[test]
fn after_a_429_that_asks_for_more_than_is_accepted_nothing_is_sent() {
    let file = |client: &Client| {
        client
            .attachments()
            .download("a", Download::memory())
            .map(drop)
    };
    let calls: [Call; 6] = [read, create, upload, file, list, extract];
    for first in ["120", "900000", "18446744073709551616"] {
        let Step::Answer(refusal) = asking(429, first) else {
            unreachable!()
        };
        // The server serves one connection at a time, and another client follows.
        let refusal = Step::AnswerAndClose(refusal);
        let server = Server::start(vec![refusal, json("200 OK", FORM)]);
        let client = server.builder().max_attempts(3).build().unwrap();
        let error = create(&client).unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Rejected, 1));
        for number in 0..20 {
            let refused = calls[number % calls.len()](&client).unwrap_err();
            assert_eq!(
                (refused.kind(), refused.outcome(), refused.attempts()),
                (ErrorKind::RateLimit, Outcome::NotSent, 0)
            );
            assert_eq!(refused.reason(), Some("paused"));
            let left = refused.retry_after().unwrap();
            let most = error.retry_after().unwrap().min(Duration::from_secs(900));
            assert!(left <= most && left > most - Duration::from_secs(30));
            assert!(refused.hint().unwrap().contains("max_retry_wait"));
            assert!(refused.retryable());
        }
        assert_eq!(server.requests().len(), 1);
        // Another client is not throttled.
        read(&server.client()).unwrap();
    }
}

/// The HTTP-date of the given number of seconds from now.
fn date(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .unwrap()
}

#[test]
fn a_date_is_measured_by_the_clock_of_the_server_that_names_it() {
    for off in [-300, 300] {
        let (now, then) = (date(off), date(off + 4));
        let lines = format!("date: {now}\r\nretry-after: {then}\r\n");
        let server = Server::start(vec![answer("429 X", &lines, b"{}")]);
        let error = read(&server.client()).unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(4)), "{off}");
    }
}

#[test]
fn a_failures_body_is_read_leniently() {
    let large = "x".repeat(100 * 1024);
    let first = format!(r#"{{"trace":"{large}","message":"slow down","retryAfter":7}}"#);
    let last = format!(r#"{{"message":"slow down {large}","retryAfter":7}}"#);
    for body in [
        b"\xef\xbb\xbf{\"message\":\"slow down\",\"retryAfter\":7}".to_vec(),
        b"{\"message\":\"slow down \xe9\",\"retryAfter\":7}".to_vec(),
        first.into_bytes(),
        last.into_bytes(),
        br#"{"message":["slow down","now"],"retryAfter":7}"#.to_vec(),
        br#"{"errors":[{"detail":["slow down","now"]}],"retryAfter":7}"#.to_vec(),
    ] {
        let step = answer("429 X", "content-type: application/json\r\n", &body);
        let server = Server::start(vec![step]);
        let error = read(&server.client()).unwrap_err();
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert!(error.message().starts_with("slow down"), "{shown}: {error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)), "{shown}");
        assert!(error.support_report().contains("message: slow down"));
    }
}

#[test]
fn texts_that_come_as_a_list_are_joined() {
    let body = r#"{"statusCode":400,"error":"Bad Request","message":["email must be an email","slug should not be empty"]}"#;
    let server = Server::start(vec![json("400 Bad Request", body)]);
    let error = create(&server.client()).unwrap_err();
    let joined = "email must be an email; slug should not be empty";
    assert_eq!(
        (error.message(), error.title()),
        (joined, Some("Bad Request"))
    );
    assert!(error.support_report().contains(joined));
}
