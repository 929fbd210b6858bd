//! Messages about calls.

use penbox_core::Error;

use crate::json::Json;

/// A message about a call.
pub(crate) enum Message {
    /// The call succeeded: its answer, or nothing at the end of a list.
    Done(Option<Answered>),
    /// The HTTP side of a call that will succeed: it comes before the end.
    Head(Json),
    /// The call failed.
    Failed(Error),
    /// The bytes of a file moved so far, and its size if it is known. JavaScript answers it.
    Progress(u64, Option<u64>),
    /// The next bytes of a download.
    Data(Vec<u8>),
    /// The upload has room for more bytes, or wants the first.
    Room,
    /// The client asks for its token, by the number of the question. JavaScript answers it.
    Token(u32),
    /// A hook is to be called: its number, the ticket of its call, its name and its event, as a JSON list. JavaScript answers it.
    Hook(Json),
    /// A line of the log: the ticket of its call, its level and its text, as a JSON list.
    Log(Json),
    /// The target has all bytes of a download and is to be ended.
    End,
}

/// The answer of a call that succeeded.
pub(crate) enum Answered {
    /// One JSON text.
    Text(Json),
    /// A page of a list.
    Page {
        /// The page, or the first part of a long one.
        text: Json,
        /// Further lists of items of a long page.
        more: Option<Vec<Json>>,
        /// The positions of the new items; `None` if all are new.
        fresh: Option<Vec<u32>>,
        /// True for the last page of an iteration.
        last: bool,
    },
    /// A file that is in memory: the facts about it, and its bytes.
    Content(Json, Vec<u8>),
}

impl Answered {
    /// An answer that is one JSON text.
    pub(crate) fn text(text: impl AsRef<str>) -> Answered {
        Answered::Text(Json::of(text.as_ref()))
    }

    /// Returns whether JavaScript has strings and buffers of this length.
    pub(crate) fn fits(&self) -> bool {
        match self {
            Answered::Text(text) => text.fits(),
            // A Buffer of Node 20 has at most 4 GiB.
            Answered::Content(facts, bytes) => facts.fits() && u32::try_from(bytes.len()).is_ok(),
            Answered::Page { text, more, .. } => {
                text.fits() && more.iter().flatten().all(Json::fits)
            }
        }
    }
}
