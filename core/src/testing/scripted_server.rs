//! The whole client against a server that sends arbitrary bytes.

use std::io::{Cursor, Write};
use std::ops::Range;
use std::time::Duration;

use super::clock::Clock;
use super::http_reference::{Body, HttpReference};
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::endpoints::forms::{FormCreate, FormList};
use crate::error::{Error, ErrorKind, MAX_BODY, MAX_MESSAGE, Outcome, Result};
use crate::files::{Download, Upload};
use crate::json::{lenient_value, replace_lone_surrogates};
use crate::send::options::CallOptions;
use crate::send::sender::Sender;
use crate::transport::{self, Chunk, Script};

/// The token without its prefix. No error may show it.
const SECRET: &str = "scripted-and-never-shown";
/// The largest answer that the client accepts; smaller than the default, so that inputs can pass it.
const CAP: usize = 64 * 1024;
/// The time limit of a call.
const LIMIT: Duration = Duration::from_secs(180);
/// The most calls of one input, so that an input is quick to run.
const CALLS: usize = 12;

/// The result of a call, as far as it can be compared with the server's answer.
enum Output {
    /// The id of the object that was read.
    Id(String),
    /// The answer's own text.
    Text(String),
    /// A file's bytes.
    File(Vec<u8>),
    /// The result of an answer that is skipped in part. Of the skipped part only the end is looked for.
    Part,
    /// The number of a list's items.
    Items(usize),
}

type Call = fn(&Client) -> Result<Output>;

/// A kind of call, with what the checks must know of it.
struct Kind {
    call: Call,
    /// A call that may act twice: it is sent again only after a 429.
    is_unsafe: bool,
    /// The numbers of requests that the call may take.
    requests: Range<usize>,
}

const fn kind(call: Call, is_unsafe: bool, requests: Range<usize>) -> Kind {
    Kind {
        call,
        is_unsafe,
        requests,
    }
}

/// The kinds of calls, which take turns. The first byte of an input says which is first.
const KINDS: [Kind; 8] = [
    kind(get, false, 0..4),
    kind(list, false, 0..100),
    kind(create, true, 0..4),
    kind(download, false, 0..4),
    kind(write, false, 0..4),
    kind(upload, true, 0..2),
    kind(content, false, 0..4),
    kind(invoke, false, 0..4),
];

fn get(client: &Client) -> Result<Output> {
    client
        .forms()
        .get("a")
        .map(|form| Output::Id(form.id.into_string()))
}

fn list(client: &Client) -> Result<Output> {
    let items = client.forms().list(FormList::default()).collect_up_to(50)?;
    Ok(Output::Items(items.len()))
}

fn create(client: &Client) -> Result<Output> {
    let form = client.forms().create(FormCreate::new("x"))?;
    Ok(Output::Id(form.id.into_string()))
}

fn download(client: &Client) -> Result<Output> {
    let file = client.responses().download_pdf("a", Download::memory())?;
    assert_eq!(file.size, file.content.as_ref().map_or(0, Vec::len) as u64);
    Ok(Output::File(file.content.unwrap_or_default()))
}

/// A writer that takes few bytes at once.
struct Slow<'a>(&'a mut Vec<u8>);

impl Write for Slow<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(1_000);
        self.0.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn write(client: &Client) -> Result<Output> {
    let mut bytes = Vec::new();
    let to = Download::writer(Slow(&mut bytes));
    client.attachments().download("a", to)?;
    Ok(Output::File(bytes))
}

fn upload(client: &Client) -> Result<Output> {
    let reader = Cursor::new(vec![b'x'; 40_000]);
    let file = Upload::reader(reader, None, "x.bin");
    client
        .attachments()
        .upload(file)
        .map(|attachment| Output::Id(attachment.id.into_string()))
}

fn content(client: &Client) -> Result<Output> {
    client.attachments().get("a").map(|_| Output::Part)
}

fn invoke(client: &Client) -> Result<Output> {
    let answer = client.invoke("workspaces.list", "{}", &CallOptions::new())?;
    Ok(Output::Text(answer.document.text().to_owned()))
}

/// The server's script. A byte of ones ends each chunk, whose first byte says how the chunk is sent.
fn script(data: &[u8]) -> Script {
    Script::new(data.split(|byte| *byte == 0xff).map(|chunk| {
        // A chunk without a byte closes the connection.
        let (how, bytes) = chunk.split_first().unwrap_or((&1, &[]));
        Chunk {
            bytes: bytes.to_vec(),
            closes: how & 1 > 0,
            max_read: match how >> 1 & 3 {
                0 => usize::MAX,
                bits => usize::from(how >> 3) * bits as usize + 1,
            },
        }
    }))
}

/// Runs calls against a scripted server. Whatever the server sends, the client does not panic, keeps its limits, takes only an
/// answer for an answer, and its errors are true. Returns the number of calls that succeeded.
pub(crate) fn client(data: &[u8]) -> usize {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let script = script(rest);
    let clock = Clock::new();
    let builder = ClientBuilder::new()
        .token(format!("pnbx_{SECRET}"))
        .base_url("http://127.0.0.1/v1")
        .timeout(LIMIT)
        .max_response_bytes(CAP as u64);
    let Ok(settings) = builder.build_settings() else {
        panic!("the settings are good")
    };
    let transport = transport::scripted(&settings, &script);
    let client = Client::of(Sender::simulated(
        settings,
        transport,
        Box::new(clock.clone()),
    ));
    let mut good = 0;
    for number in 0..CALLS {
        if script.is_over() {
            break;
        }
        let kind = &KINDS[(usize::from(*first) + number) % KINDS.len()];
        let start = clock.slept();
        let result = (kind.call)(&client);
        let answers: Vec<HttpReference> = script
            .take_sent()
            .iter()
            .map(|chunk| HttpReference::of(&chunk.bytes))
            .collect();
        assert!(kind.requests.contains(&answers.len()), "{answers:?}");
        // Each page of a list is a call of its own.
        let limit = LIMIT * answers.len().max(1) as u32;
        assert!(clock.slept() - start <= limit, "{:?}", clock.slept());
        if kind.is_unsafe {
            check_repeats(&answers);
        }
        match &result {
            Ok(output) => {
                check_output(output, &answers);
                good += 1;
            }
            Err(error) => check_error(error, kind, &answers),
        }
    }
    client.close();
    good
}

/// Asserts that a call that may act was sent again only after a 429.
fn check_repeats(answers: &[HttpReference]) {
    let earlier = answers.split_last().map_or(&[][..], |(_, earlier)| earlier);
    let limited = earlier.iter().all(|answer| answer.status == Some(429));
    assert!(limited, "sent again after {earlier:?}");
}

/// Asserts that the result is what the last answer says.
fn check_output(output: &Output, answers: &[HttpReference]) {
    let Some(last) = answers.last() else {
        panic!("a success without a request")
    };
    assert!(matches!(last.status, Some(200..=299)), "{last:?}");
    assert_ne!(last.body, Body::Cut, "{last:?}");
    let Body::Whole(body) = &last.body else {
        return;
    };
    // A mark of byte order is no part of the JSON (RFC 8259, section 8.1).
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut text = String::from_utf8_lossy(text).into_owned();
    replace_lone_surrogates(&mut text);
    let value = || match lenient_value(&text) {
        Some(value) => value,
        None => panic!("no JSON: {last:?}"),
    };
    match output {
        // An id of another type is absent.
        Output::Id(id) => assert_eq!(value()["id"].as_str().unwrap_or_default(), id.as_str()),
        Output::Text(given) => {
            assert!(value().is_object() && given.len() <= CAP);
            assert_eq!(*given, text);
        }
        Output::Items(count) => assert!(value().is_object() && *count <= 50),
        Output::File(bytes) => {
            assert_eq!(last.status, Some(200));
            assert_eq!(bytes, body);
        }
        Output::Part => {}
    }
}

/// Asserts that an error is possible after these answers, safe to print, and true about its outcome.
fn check_error(error: &Error, kind: &Kind, answers: &[HttpReference]) {
    let context = || format!("{error:?} after {answers:?}");
    let impossible = [
        ErrorKind::Internal,
        ErrorKind::Config,
        ErrorKind::InvalidArgument,
        ErrorKind::Cancelled,
        ErrorKind::Closed,
        ErrorKind::File,
    ];
    assert!(!impossible.contains(&error.kind()), "{}", context());
    let message = error.message();
    assert!(
        !message.is_empty() && message.chars().count() <= MAX_MESSAGE,
        "{}",
        context()
    );
    assert!(!message.chars().any(char::is_control), "{}", context());
    // A byte that is no UTF-8 becomes a replacement character, which has three bytes.
    assert!(
        error.body().is_none_or(|body| body.len() <= 3 * MAX_BODY),
        "{}",
        context()
    );
    let shown = format!("{error} {error:?} {}", error.support_report());
    assert!(!shown.contains(SECRET), "{}", context());
    let last = answers.last().and_then(|answer| answer.status);
    if let Some(status) = error.http_status() {
        assert_eq!(last, Some(status), "{}", context());
    }
    match error.outcome() {
        Outcome::Done => assert!(matches!(last, Some(200..=299)), "{}", context()),
        Outcome::Rejected => assert!(matches!(last, Some(300..=499 | 501)), "{}", context()),
        Outcome::NotSent if kind.is_unsafe => {
            let limited = answers.iter().all(|answer| answer.status == Some(429));
            assert!(limited, "{}", context());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    /// Every kind of call succeeds with a good server. Else the checks of successes would check nothing.
    #[test]
    fn good_answers_are_taken() {
        let kept = include_bytes!("../../../tests/fuzz/corpus/client/kept");
        assert_eq!(super::client(kept), super::KINDS.len());
        let pages = include_bytes!("../../../tests/fuzz/corpus/client/three-pages");
        assert_eq!(super::client(pages), 1);
        let coded = include_bytes!("../../../tests/fuzz/corpus/client/coded");
        assert_eq!(super::client(coded), 1);
    }
}
