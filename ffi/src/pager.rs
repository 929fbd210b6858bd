//! Lists, item by item.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::mem::MaybeUninit;

use penbox_core::Result;
use penbox_core::bindings::DocumentPager;

use crate::error::Error;
use crate::page::Rest;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// A list that fetches its pages as they are needed.
///
/// It gives once each item that matches from the first page on until the item's own page is read, whatever this client and its clones
/// write meanwhile: pages are read again where items may have moved. What other programs change while the number of items
/// stays the same cannot be seen, nor can an item that an update moves to the pages behind the walk, as with
/// `sort=-updated_at`.
pub struct Pager {
    pages: DocumentPager,
    rest: Option<Rest>,
    total_count: Option<u64>,
}

impl Pager {
    pub(crate) fn new(pages: DocumentPager) -> Pager {
        Pager {
            pages,
            rest: None,
            total_count: None,
        }
    }

    fn next(&mut self) -> Result<Option<Value>> {
        loop {
            if let Some(item) = self.rest.as_mut().and_then(Rest::next) {
                return Ok(Some(item));
            }
            self.rest = None;
            let Some(page) = self.pages.next_page()? else {
                return Ok(None);
            };
            self.total_count = page.total_count().or(self.total_count);
            self.rest = Some(Rest::new(page));
        }
    }
}

/// The next item of the list; at its end `PENBOX_OK` and `*out` is NULL. Fetches a page when the last one is used up.
/// An item that an earlier page had is left out. After an error the pager is where it was: the next call asks for the same page
/// again if the error is retryable, and gives the error again if it is not. It is never `PENBOX_OK` with NULL after an error.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_next(
    pager: Option<&mut Pager>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::find(out, err, || input::handle(pager, "pager")?.next())
}

/// Fetches one page by its number, from 1, as the server sent it: `/data` holds its items, `/meta` where it stands (a bare
/// list is possible, too). The walk of `penbox_pager_next` is not moved.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_page(
    pager: Option<&mut Pager>,
    number: u64,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let pager = input::handle(pager, "pager")?;
        let page = pager.pages.page(number)?;
        pager.total_count = page.total_count().or(pager.total_count);
        Ok(Value::of_answer(page.answer))
    })
}

/// Whether a page is fetched while the one before it is read, in a thread of the library's own: 0 (as it is at first) or not.
/// It saves time where reading a page takes long, and costs a request that is not needed where the walk ends early.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_set_prefetch(pager: Option<&mut Pager>, wanted: i32) -> Status {
    guard::set(|| {
        input::handle(pager, "pager")?.pages.prefetch(wanted != 0);
        Ok(())
    })
}

/// How many items the whole list has, as the last page fetched told; -1 before the first page, or where the server does
/// not tell.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_total_count(pager: Option<&Pager>) -> i64 {
    guard::read(-1, || {
        pager
            .and_then(|pager| i64::try_from(pager.total_count?).ok())
            .unwrap_or(-1)
    })
}

/// Frees a pager. Values read from it stay. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_free(pager: Option<Box<Pager>>) {
    guard::read((), move || drop(pager));
}
