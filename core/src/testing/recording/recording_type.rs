//! A recording as a file, and as a script.

use std::fs::File;
use std::path::Path;

use super::line::{Line, RecordedBody, VERSION};
use super::recorder::Recorder;
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::error::{Error, ErrorKind, Result};
use crate::send::runtime::System;
use crate::send::sender::Sender;
use crate::testing::script::{Answer, Script};
use crate::transport;

/// The largest file that is read: a mistaken path must not take all memory.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Answers that were recorded, to be played to a program's unit tests.
///
/// The file has a JSON object a line, one for each request that was answered, in the order in which the answers came:
///
/// | member | |
/// |---|---|
/// | `recording` | the version of the format, 1 |
/// | `operation` | the operation's id, `forms.get` |
/// | `method`, `path`, `query`, `request` | the request: its path with its ids, the decoded parameters as pairs, the JSON body |
/// | `answer` | `status`, `headers` (`content-type` and `retry-after`), and one of `json`, `file` and `text`: a file and any other text have their size only |
///
/// No header of a request is written, so the token is not, and where an answer repeats it it is blanked. Of texts only those are kept
/// that are known to be no contact's: ids, slugs, keys, times, states and types. Each other text is replaced, the same text by the same
/// replacement; in `data`, `external_args`, `options` and `value` numbers, too, are. Look into a file before it is shared all the same:
/// a key or a slug may be named after somebody. An answer to a request that no operation makes is found by its method and path.
/// A request without an answer fails: kind `internal`, reason `not_recorded`, outcome `not_sent`. Its message names the operation, and
/// the answers that are left.
///
/// ```
/// use penbox::testing::Recording;
/// use penbox::{Client, FormCreate, User};
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("onboarding.jsonl");
/// let settings = Client::builder().token(sandbox.token()).base_url(sandbox.url());
/// let client = Recording::record(settings, &path)?;
/// let form = client.forms().create(FormCreate::new("client-onboarding").user(User::email("john@example.org")))?;
///
/// let script = Recording::read(&path)?.script();
/// let played = script.client()?.forms().create(FormCreate::new("client-onboarding"))?;
/// assert_eq!(played.id, form.id);
/// assert_eq!(played.user.and_then(|user| user.email).as_deref(), Some("contact-1@example.com"));
/// assert!(!std::fs::read_to_string(&path)?.contains("john@example.org"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recording {
    lines: Vec<Line>,
}

impl Recording {
    /// Makes a client that writes what it is answered to a file, which is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for a bad setting, [`ErrorKind::File`](crate::ErrorKind::File) for a file that cannot be made.
    pub fn record(settings: ClientBuilder, path: impl AsRef<Path>) -> Result<Client> {
        let settings = settings.build_settings()?;
        let file = File::create(path.as_ref()).map_err(|error| unusable(path.as_ref(), &error))?;
        let base_url = settings.base_url.as_str().to_owned();
        let inner = transport::open(&settings);
        let recorder = Recorder::new(inner, base_url, file);
        let sender = Sender::simulated(settings, Box::new(recorder), Box::new(System));
        Ok(Client::of(sender))
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// [`ErrorKind::File`](crate::ErrorKind::File) for a file that cannot be read, is larger than 64 MiB, or has another format or
    /// version. The message names the line.
    pub fn read(path: impl AsRef<Path>) -> Result<Recording> {
        let path = path.as_ref();
        let text = text_of(path).map_err(|error| unusable(path, &error))?;
        let lines = text.lines().enumerate().map(|(index, text)| {
            let line: Line = serde_json::from_str(text)
                .map_err(|error| unusable(path, &format!("line {}: {error}", index + 1)))?;
            match line.recording {
                VERSION => Ok(line),
                other => {
                    let message = format!("line {}: the format's version is {other}", index + 1);
                    Err(unusable(path, &message))
                }
            }
        });
        Ok(Recording {
            lines: lines.collect::<Result<_>>()?,
        })
    }

    /// The answers as a script: each operation's in the order in which they were recorded. Further answers can be added.
    pub fn script(&self) -> Script {
        self.lines.iter().fold(Script::new(), |script, line| {
            let recorded = &line.answer;
            let answer = match &recorded.body {
                RecordedBody::Json(json) => Answer::text(recorded.status, json.to_string()),
                RecordedBody::File(size) | RecordedBody::Text(size) => {
                    let size = usize::try_from(*size).unwrap_or(usize::MAX);
                    Answer::zeros(recorded.status, size)
                }
            };
            let headers = recorded.headers.iter();
            let answer = headers.fold(answer, |answer, (name, value)| answer.header(name, value));
            script.recorded(&line.operation, &line.method, &line.path, answer)
        })
    }
}

/// Reads a file's text. A pipe, whose end may never come, a folder and a file that no recording is as large as are refused.
fn text_of(path: &Path) -> std::io::Result<String> {
    let refused = |message: String| Err(std::io::Error::other(message));
    let facts = std::fs::metadata(path)?;
    if !facts.is_file() {
        return refused("it is no regular file".to_owned());
    }
    if facts.len() > MAX_FILE {
        let size = facts.len();
        return refused(format!(
            "it has {size} bytes, and at most {MAX_FILE} are read"
        ));
    }
    std::fs::read_to_string(path)
}

/// The error of a recording's file.
fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    let path = crate::error::printable(&path.display().to_string(), 256);
    Error::new(ErrorKind::File, format!("{path} is no recording: {cause}"))
}
