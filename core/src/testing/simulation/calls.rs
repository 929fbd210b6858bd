//! The calls of a simulated world: each is of a random kind, with random options.

use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::file;
use super::scheduler::{Rng, Scheduler};
use crate::cancel::{CancelScope, CancelToken};
use crate::error::{Error, Result};
use crate::files::multipart::Frame;
use crate::files::{Download, Stream, Upload};
use crate::send::options::CallOptions;
use crate::send::request::{JSON, Method, PreparedRequest, Safety};
use crate::send::sender::Sender;
use crate::send::suspension::{Suspension, suspend};

/// The kinds of calls, by what they move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON that is read.
    Get,
    /// JSON that sets fields.
    Patch,
    /// JSON that makes something.
    Post,
    /// A file in memory, which can be sent again.
    Upload,
    /// A file from a reader, which can be read once.
    UploadOnce,
    /// A file into memory.
    Download,
}

/// One call as its caller saw it.
pub(super) struct Called {
    pub(super) kind: Kind,
    pub(super) safety: Safety,
    pub(super) attempts: u32,
    pub(super) begun: Instant,
    /// The `timeout` of the call.
    pub(super) limit: Duration,
    pub(super) ended: Instant,
    /// The time of its cancel, if it was cancelled.
    pub(super) cancelled: Option<Instant>,
    pub(super) error: Option<Error>,
    /// The file that was received.
    pub(super) received: Option<Vec<u8>>,
}

/// The tokens of the calls in flight, by the calls' ids.
pub(super) type Tokens = Arc<Mutex<Vec<(String, CancelToken)>>>;

/// The random part of one call.
struct Drawn {
    kind: Kind,
    pause: Duration,
    attempts: u32,
    limit: Duration,
    cancellable: bool,
}

impl Kind {
    const ALL: [Kind; 6] = [
        Kind::Get,
        Kind::Patch,
        Kind::Post,
        Kind::Upload,
        Kind::UploadOnce,
        Kind::Download,
    ];

    fn request(self, id: &str) -> PreparedRequest {
        let (method, safety, path, accept) = match self {
            Kind::Get => (Method::Get, Safety::Safe, "/calls/{id}", JSON),
            Kind::Patch => (Method::Patch, Safety::Idempotent, "/calls/{id}", JSON),
            Kind::Post => (Method::Post, Safety::Unsafe, "/calls/{id}", JSON),
            Kind::Upload | Kind::UploadOnce => (Method::Post, Safety::Unsafe, "/files/{id}", JSON),
            Kind::Download => (Method::Get, Safety::Safe, "/files/{id}", file::TYPE),
        };
        PreparedRequest {
            operation: "simulated",
            method,
            path,
            safety,
            path_and_query: path.replace("{id}", id),
            body: None,
            form: Vec::new(),
            accept,
            skip_data: false,
        }
    }
}

impl Drawn {
    fn of(rng: &mut Rng) -> Drawn {
        Drawn {
            kind: Kind::ALL[rng.below(6) as usize],
            pause: rng.ms(3_000),
            attempts: 1 + rng.below(5) as u32,
            limit: Duration::from_millis(500 + rng.below(180_000)),
            cancellable: rng.chance(20),
        }
    }
}

/// Makes one call of a random kind with random options.
pub(super) async fn call(
    scheduler: &Scheduler,
    sender: &Sender,
    id: &str,
    tokens: &Tokens,
) -> Called {
    let drawn = scheduler.rng(Drawn::of);
    suspend(Suspension::of(
        scheduler,
        drawn.pause,
        None,
        &CancelScope::default(),
    ))
    .await;
    let request = drawn.kind.request(id);
    let mut options = CallOptions::new()
        .timeout(drawn.limit)
        .max_attempts(drawn.attempts);
    if drawn.cancellable {
        let token = CancelToken::new();
        options = options.cancel(&token);
        tokens.lock().unwrap().push((id.to_owned(), token));
    }
    let begun = scheduler.clock();
    let result = make(drawn.kind, sender, &request, &options).await;
    tokens.lock().unwrap().retain(|(other, _)| other != id);
    let (received, error) = match result {
        Ok(received) => (received, None),
        Err(error) => (None, Some(error)),
    };
    Called {
        kind: drawn.kind,
        safety: request.safety,
        attempts: drawn.attempts,
        begun,
        limit: drawn.limit,
        ended: scheduler.clock(),
        cancelled: None,
        error,
        received,
    }
}

/// Makes the call. Returns the file that was received, if the call moves one this way.
async fn make(
    kind: Kind,
    sender: &Sender,
    request: &PreparedRequest,
    options: &CallOptions,
) -> Result<Option<Vec<u8>>> {
    let upload = match kind {
        Kind::Get | Kind::Patch | Kind::Post => {
            sender.send(request, options, |_| Ok(())).await?;
            return Ok(None);
        }
        Kind::Download => {
            let sink = Download::memory().sink(u64::MAX, false)?;
            let file = sender.download(request, sink, "file", options).await?;
            return Ok(file.content);
        }
        Kind::Upload => Upload::bytes(file::content(), "file"),
        Kind::UploadOnce => {
            let size = Some(file::content().len() as u64);
            Upload::reader(Cursor::new(file::content()), size, "file")
        }
    };
    let frame = Frame::new(&[], "file", file::TYPE)?;
    let content_type = frame.content_type.clone();
    let stream = Stream::new(frame, upload)?;
    sender
        .upload(request, &content_type, stream, options, |_| Ok(()))
        .await?;
    Ok(None)
}
