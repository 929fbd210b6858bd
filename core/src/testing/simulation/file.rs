//! The file that the calls of a simulated world move, on the side of the server.

use std::io::Read;
use std::sync::LazyLock;

use super::scheduler::Rng;
use crate::transport::Payload;

/// The type that a download requests.
pub(super) const TYPE: &str = "application/octet-stream";
/// Its length in bytes. A digest of it is made in each download, which takes most of the time of a world if it is long.
const LENGTH: usize = 1_024;

/// The bytes of the file. No two parts of one length are alike, so that a part that is missing or comes twice shows.
static CONTENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..LENGTH / 4)
        .flat_map(|number| (number as u32).to_be_bytes())
        .collect()
});

/// The bytes of the file.
pub(super) fn content() -> &'static [u8] {
    &CONTENT
}

/// How much of a request's file the server received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// The request has no file, or none of it was read.
    Nothing,
    /// The request broke off within the file.
    Part,
    /// The whole file, once.
    Whole,
    /// Something else than the file.
    Other,
}

/// Reads the file of a request: a part of it where the request is lost on its way.
pub(super) fn receive(payload: &mut Payload<'_>, is_lost: bool, rng: &mut Rng) -> Received {
    let Payload::Stream(source, declared) = payload else {
        return Received::Nothing;
    };
    let most = match is_lost {
        true => rng.below(LENGTH as u64),
        false => u64::MAX,
    };
    let mut bytes = Vec::new();
    let read = source.take(most).read_to_end(&mut bytes);
    if is_lost {
        return Received::Part;
    }
    let declared = declared.unwrap_or(bytes.len() as u64);
    let file = content();
    let places = bytes.windows(file.len()).filter(|part| *part == file);
    match (read, places.count()) {
        (Ok(_), 1) if declared == bytes.len() as u64 => Received::Whole,
        _ => Received::Other,
    }
}
