//! The pager for JavaScript.

use std::sync::{Arc, Mutex, PoisonError};

use napi_derive::napi;
use penbox_core::Error;
use penbox_core::bindings::{DocumentPage, DocumentPager};

use crate::channel::{Answered, Channel};
use crate::json::Json;

/// The iteration over the pages of a list. JavaScript fetches one page at a time.
#[napi]
pub struct NativePager {
    pager: Arc<Mutex<DocumentPager>>,
    channel: Channel,
}

impl NativePager {
    pub(crate) fn new(pager: DocumentPager, channel: Channel) -> NativePager {
        NativePager {
            pager: Arc::new(Mutex::new(pager)),
            channel,
        }
    }
}

#[napi]
impl NativePager {
    /// Fetches the next page. The message with this ticket has the page, or nothing at the end of the list. Returns the payload
    /// of an error if the call could not be started.
    #[napi]
    pub fn next(&self, ticket: f64) -> Option<String> {
        self.run(ticket, |pager| Ok(pager.next_page()?.map(answered)))
    }

    /// Says if each page is fetched while the one before it is read.
    #[napi]
    pub fn prefetch(&self, wanted: bool) {
        let mut pager = self.pager.lock().unwrap_or_else(PoisonError::into_inner);
        pager.prefetch(wanted);
    }

    /// Fetches a page by its number, from 1, which is sent with this ticket. The iteration keeps its position. Returns the
    /// payload of an error if the call could not be started.
    #[napi]
    pub fn page(&self, ticket: f64, number: f64) -> Option<String> {
        self.run(ticket, move |pager| {
            // A cast alone would cut 1.5 and turn NaN into 0.
            let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
            match whole {
                true => Ok(Some(answered(pager.page(number as u64)?))),
                false => Err(Error::invalid_argument(
                    "a page is asked for by its number, from 1",
                )),
            }
        })
    }
}

impl NativePager {
    /// Runs work with the pager on a worker thread. Calls of one pager run one after another.
    fn run(
        &self,
        ticket: f64,
        work: impl FnOnce(&mut DocumentPager) -> Result<Option<Answered>, Error> + Send + 'static,
    ) -> Option<String> {
        let pager = self.pager.clone();
        self.channel.run(ticket, move || {
            work(&mut pager.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

/// A page as an answer, in pieces.
fn answered(page: DocumentPage) -> Answered {
    // V8 gives a string of more than 128 KiB memory of its own, which is mapped, filled with zeros and unmapped each time. Pieces
    // stay below that.
    let mut pieces = page.chunks().into_iter().map(Json::joined);
    Answered {
        text: pieces.next().unwrap_or_else(|| Json::of("null")),
        more: Some(pieces.collect()).filter(|more: &Vec<Json>| !more.is_empty()),
        fresh: (!page.all_fresh).then_some(page.fresh),
        last: page.last,
        content: None,
    }
}
