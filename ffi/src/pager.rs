//! The pager: a list, item by item.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::mem::MaybeUninit;

use penbox_core::Result;
use penbox_core::bindings::DocumentPager;

use crate::error::Error;
use crate::page::PageItems;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// A list that fetches its pages when they are needed.
///
/// The pager returns each item once if the item matches from the first page until its own page is read. Writes of this
/// client and its clones do not change that: the pager reads pages again if items may have moved. It cannot see two
/// things. One is a change by another program that leaves the number of items the same. The other is an item that an
/// update moves to a page before the present one, as with `sort=-updated_at`.
pub struct Pager {
    pages: DocumentPager,
    /// The items of the last page that were not returned yet.
    items: Option<PageItems>,
    total_count: Option<u64>,
}

impl Pager {
    /// Makes a pager. Sends nothing.
    pub(crate) fn new(pages: DocumentPager) -> Pager {
        Pager {
            pages,
            items: None,
            total_count: None,
        }
    }

    /// Returns the next item, or `None` at the end of the list.
    fn next(&mut self) -> Result<Option<Value>> {
        // A loop, for a page may be empty, or hold only items that earlier pages had.
        loop {
            if let Some(item) = self.items.as_mut().and_then(PageItems::next) {
                return Ok(Some(item));
            }
            // The page is freed before the next one is fetched, so that one page at a time is in memory.
            self.items = None;
            let Some(page) = self.pages.next_page()? else {
                return Ok(None);
            };
            // A page without the number leaves the last one that is known.
            self.total_count = page.total_count().or(self.total_count);
            self.items = Some(PageItems::new(page));
        }
    }
}

/// Returns the next item of the list, and fetches a page if the last one is used up. At the end of the list it returns
/// `PENBOX_OK` and `*out` is NULL. An item that an earlier page had is left out. An error does not move the pager: the
/// next call requests the same page again if the error is retryable, and returns the error again if not. After an error
/// the list never seems to end.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_next(
    pager: Option<&mut Pager>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::find(out, err, || input::handle(pager, "pager")?.next())
}

/// Fetches one page by its number, from 1, as the server sent it. `/data` holds its items and `/meta` its position, but
/// the answer may be a bare list, too. It may be repeated, and does not move `penbox_pager_next`.
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

/// Turns prefetching on or off. 0, the default, is off; every other number is on. With it a thread of the library
/// fetches the next page while the program reads the present one. That saves time if reading a page takes long, and
/// wastes a request if the program stops early.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_set_prefetch(pager: Option<&mut Pager>, wanted: i32) -> Status {
    guard::set(|| {
        input::handle(pager, "pager")?.pages.prefetch(wanted != 0);
        Ok(())
    })
}

/// Returns the number of items of the whole list, as the last fetched page reported it. Returns -1 before the first
/// page, if the server does not report it, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_total_count(pager: Option<&Pager>) -> i64 {
    guard::read(-1, || {
        pager
            .and_then(|pager| i64::try_from(pager.total_count?).ok())
            .unwrap_or(-1)
    })
}

/// Frees a pager. Values read from it stay. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_pager_free(pager: Option<Box<Pager>>) {
    guard::read((), move || drop(pager));
}
