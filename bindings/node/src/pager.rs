//! A list as JavaScript holds it.

use std::sync::{Arc, Mutex, PoisonError};

use napi_derive::napi;
use penbox_core::Error;
use penbox_core::bindings::{DocumentPage, DocumentPager};

use crate::channel::{Answered, Channel};
use crate::json::Json;

/// A walk over a list. JavaScript asks for one page at a time.
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
    /// Fetches the next page and settles the ticket with it, or with nothing at the end.
    #[napi]
    pub fn next(&self, ticket: f64) -> Option<String> {
        self.run(ticket, |pager| Ok(pager.next_page()?.map(answered)))
    }

    /// Whether a page is fetched while the one before it is read.
    #[napi]
    pub fn prefetch(&self, wanted: bool) {
        let mut pager = self.pager.lock().unwrap_or_else(PoisonError::into_inner);
        pager.prefetch(wanted);
    }

    /// Fetches a page by its number, without touching the walk.
    #[napi]
    pub fn page(&self, ticket: f64, number: f64) -> Option<String> {
        self.run(ticket, move |pager| {
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

fn answered(page: DocumentPage) -> Answered {
    // A string of more than 128 KiB has memory of its own in V8, which is mapped, filled with zeros and unmapped each time.
    let mut pieces = page.chunks().into_iter().map(Json::joined);
    Answered {
        text: pieces.next().unwrap_or_else(|| Json::of("null")),
        more: Some(pieces.collect()).filter(|more: &Vec<Json>| !more.is_empty()),
        fresh: (!page.all_fresh).then_some(page.fresh),
        last: page.last,
        content: None,
    }
}
