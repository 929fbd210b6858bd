//! The whole client before a server that says anything at all.

use std::io::{Cursor, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::http_reference::{Body, HttpReference};
use crate::cancel::CancelScope;
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::endpoints::forms::{FormCreate, FormList};
use crate::error::{Error, ErrorKind, MAX_BODY, MAX_MESSAGE, Outcome, Result};
use crate::files::{Download, Upload};
use crate::json::{lenient_value, replace_lone_surrogates};
use crate::send::options::CallOptions;
use crate::send::runtime::Runtime;
use crate::send::sender::Sender;
use crate::transport::{self, Chunk, Script};

/// A clock on which only rests take time.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    epoch: Instant,
    rested: Arc<Mutex<Duration>>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            epoch: Instant::now(),
            rested: Arc::default(),
        }
    }

    fn rested(&self) -> Duration {
        *self.rested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for Clock {
    fn now(&self) -> Instant {
        self.epoch + self.rested()
    }

    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        *self.rested.lock().unwrap_or_else(PoisonError::into_inner) += wait;
        cancel.cause().is_some()
    }

    fn random(&self) -> f64 {
        0.5
    }
}

const SECRET: &str = "played-and-never-shown";
const CAP: usize = 64 * 1024;
const LIMIT: Duration = Duration::from_secs(180);
/// Most calls of one input.
const CALLS: usize = 12;

/// What a call gave, as far as it can be held against what the server said.
enum Given {
    /// The id of what was read.
    Id(String),
    /// The answer's own text.
    Text(String),
    /// A file's bytes.
    File(Vec<u8>),
    /// What was read of an answer that is skipped in part: of what is skipped, only the end is looked for.
    Part,
    /// How many items a list had.
    Items(usize),
}

type Call = fn(&Client) -> Result<Given>;

struct Kind {
    call: Call,
    /// What may act twice: it is sent again only after a 429.
    is_unsafe: bool,
    /// The requests it may take.
    requests: Range<usize>,
}

const fn kind(call: Call, is_unsafe: bool, requests: Range<usize>) -> Kind {
    Kind {
        call,
        is_unsafe,
        requests,
    }
}

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

fn get(client: &Client) -> Result<Given> {
    client
        .forms()
        .get("a")
        .map(|form| Given::Id(form.id.into_string()))
}

fn list(client: &Client) -> Result<Given> {
    let items = client.forms().list(FormList::default()).collect_up_to(50)?;
    Ok(Given::Items(items.len()))
}

fn create(client: &Client) -> Result<Given> {
    let form = client.forms().create(FormCreate::new("x"))?;
    Ok(Given::Id(form.id.into_string()))
}

fn download(client: &Client) -> Result<Given> {
    let file = client.responses().download_pdf("a", Download::memory())?;
    assert_eq!(file.size, file.content.as_ref().map_or(0, Vec::len) as u64);
    Ok(Given::File(file.content.unwrap_or_default()))
}

/// A writer that takes little at once.
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

fn write(client: &Client) -> Result<Given> {
    let mut bytes = Vec::new();
    let to = Download::writer(Slow(&mut bytes));
    client.attachments().download("a", to)?;
    Ok(Given::File(bytes))
}

fn upload(client: &Client) -> Result<Given> {
    let reader = Cursor::new(vec![b'x'; 40_000]);
    let file = Upload::reader(reader, None, "x.bin");
    client
        .attachments()
        .upload(file)
        .map(|attachment| Given::Id(attachment.id.into_string()))
}

fn content(client: &Client) -> Result<Given> {
    client.attachments().get("a").map(|_| Given::Part)
}

fn invoke(client: &Client) -> Result<Given> {
    let answer = client.invoke("workspaces.list", "{}", &CallOptions::new())?;
    Ok(Given::Text(answer.document.text().to_owned()))
}

/// The server's part: pieces that end with a byte of ones, each with a byte first that says how it comes.
fn script(data: &[u8]) -> Script {
    Script::new(data.split(|byte| *byte == 0xff).map(|piece| {
        let (how, bytes) = piece.split_first().unwrap_or((&1, &[]));
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

/// A client is calm, true and within its limits, whatever a server says: what it takes for an answer was one. How many calls
/// succeeded.
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
        let began = clock.rested();
        let result = (kind.call)(&client);
        let said = script.take_sent();
        let heard: Vec<HttpReference> = said
            .iter()
            .map(|piece| HttpReference::of(&piece.bytes))
            .collect();
        assert!(kind.requests.contains(&heard.len()), "{heard:?}");
        // Each page of a list is a call of its own.
        let limit = LIMIT * heard.len().max(1) as u32;
        assert!(clock.rested() - began <= limit, "{:?}", clock.rested());
        if kind.is_unsafe {
            judge_repeats(&heard);
        }
        match &result {
            Ok(given) => {
                judge_given(given, &heard);
                good += 1;
            }
            Err(error) => judge_error(error, kind, &heard),
        }
    }
    client.close();
    good
}

fn judge_repeats(heard: &[HttpReference]) {
    let earlier = heard.split_last().map_or(&[][..], |(_, earlier)| earlier);
    let limited = earlier.iter().all(|heard| heard.status == Some(429));
    assert!(limited, "sent again after {earlier:?}");
}

fn judge_given(given: &Given, heard: &[HttpReference]) {
    let Some(last) = heard.last() else {
        panic!("a success without a request")
    };
    assert!(matches!(last.status, Some(200..=299)), "{last:?}");
    assert_ne!(last.body, Body::Cut, "{last:?}");
    let Body::Whole(body) = &last.body else {
        return;
    };
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut text = String::from_utf8_lossy(text).into_owned();
    replace_lone_surrogates(&mut text);
    let value = || match lenient_value(&text) {
        Some(value) => value,
        None => panic!("no JSON: {last:?}"),
    };
    match given {
        // An id of another type is absent.
        Given::Id(id) => assert_eq!(value()["id"].as_str().unwrap_or_default(), id.as_str()),
        Given::Text(given) => {
            assert!(value().is_object() && given.len() <= CAP);
            assert_eq!(*given, text);
        }
        Given::Items(count) => assert!(value().is_object() && *count <= 50),
        Given::File(bytes) => {
            assert_eq!(last.status, Some(200));
            assert_eq!(bytes, body);
        }
        Given::Part => {}
    }
}

fn judge_error(error: &Error, kind: &Kind, heard: &[HttpReference]) {
    let place = || format!("{error:?} after {heard:?}");
    let unasked = [
        ErrorKind::Internal,
        ErrorKind::Config,
        ErrorKind::InvalidArgument,
        ErrorKind::Cancelled,
        ErrorKind::Closed,
        ErrorKind::File,
    ];
    assert!(!unasked.contains(&error.kind()), "{}", place());
    let message = error.message();
    assert!(
        !message.is_empty() && message.chars().count() <= MAX_MESSAGE,
        "{}",
        place()
    );
    assert!(!message.chars().any(char::is_control), "{}", place());
    // What cannot be read as text takes three bytes for one.
    assert!(
        error.body().is_none_or(|body| body.len() <= 3 * MAX_BODY),
        "{}",
        place()
    );
    let shown = format!("{error} {error:?} {}", error.support_report());
    assert!(!shown.contains(SECRET), "{}", place());
    let last = heard.last().and_then(|heard| heard.status);
    if let Some(status) = error.http_status() {
        assert_eq!(last, Some(status), "{}", place());
    }
    match error.outcome() {
        Outcome::Done => assert!(matches!(last, Some(200..=299)), "{}", place()),
        Outcome::Rejected => assert!(matches!(last, Some(300..=499 | 501)), "{}", place()),
        Outcome::NotSent if kind.is_unsafe => {
            let limited = heard.iter().all(|heard| heard.status == Some(429));
            assert!(limited, "{}", place());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    /// Every kind of call succeeds before a server that speaks well: only then is there something to judge.
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
