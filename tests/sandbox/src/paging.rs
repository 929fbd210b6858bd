use serde::Serialize;

use crate::error::ApiError;
use crate::query::Query;

const DEFAULT_SIZE: usize = 10;
const MAX_SIZE: usize = 100;
/// Beyond it a number is no integer of 64 bits.
const MAX_NUMBER: usize = usize::MAX / 2;

/// `page[number]` and `page[size]`: defaults and range of `/api-reference/pagination-and-sorting`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

/// The `meta` member of a list, in the page's key order.
#[derive(Serialize)]
struct Meta {
    total_count: usize,
    total_pages: usize,
    page_size: usize,
    current_page: usize,
}

/// A list answer.
#[derive(Serialize)]
pub(crate) struct Listing<T> {
    meta: Meta,
    data: Vec<T>,
}

impl Page {
    /// Out of range: 400 when strict, else the nearest value allowed (the reference is silent; inferred).
    pub(crate) fn parse(query: &Query, strict: bool) -> Result<Self, ApiError> {
        let number = integer(query, "page[number]", 1, MAX_NUMBER, strict)?.unwrap_or(1);
        let size = integer(query, "page[size]", 1, MAX_SIZE, strict)?.unwrap_or(DEFAULT_SIZE);
        Ok(Self { number, size })
    }

    /// The page's items, shown: the bare array of the deprecated lists.
    pub(crate) fn cut<S, T>(self, all: &[S], show: impl Fn(&S) -> T) -> Vec<T> {
        let start = (self.number - 1).saturating_mul(self.size);
        all.iter().skip(start).take(self.size).map(show).collect()
    }

    /// Cuts the page out of everything that matched and shows each item of it.
    pub(crate) fn of<S, T>(self, all: &[S], show: impl Fn(&S) -> T) -> Listing<T> {
        let data = self.cut(all, show);
        Listing {
            meta: Meta {
                total_count: all.len(),
                // 0 when nothing matches: the reference leaves 0 or 1 open (inferred).
                total_pages: all.len().div_ceil(self.size),
                page_size: self.size,
                current_page: self.number,
            },
            data,
        }
    }
}

fn integer(
    query: &Query,
    name: &str,
    least: usize,
    most: usize,
    strict: bool,
) -> Result<Option<usize>, ApiError> {
    let Some(text) = query.one(name)? else {
        return Ok(None);
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::bad_request(format!("{name} must be an integer")));
    }
    // Too long for the type is out of range, too.
    let magnitude = digits.parse::<usize>().unwrap_or(usize::MAX);
    let value = if negative { 0 } else { magnitude };
    if (least..=most).contains(&value) {
        return Ok(Some(value));
    }
    if !strict {
        return Ok(Some(value.clamp(least, most)));
    }
    Err(ApiError::bad_request(if value < least {
        format!("{name} must be at least {least}")
    } else {
        format!("{name} must be at most {most}")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(raw: &str, strict: bool) -> Result<Page, ApiError> {
        Page::parse(&Query::parse(Some(raw)), strict)
    }

    #[test]
    fn a_number_too_long_is_refused_and_a_large_one_is_past_the_end() {
        let long = "page[number]=99999999999999999999999";
        assert_eq!(page(long, true).unwrap_err().status(), 400);
        let last = page("page[number]=9223372036854775807", true).unwrap();
        for page in [page(long, false).unwrap(), last] {
            let listing = page.of(&[1, 2, 3], |n| *n);
            assert!(listing.data.is_empty());
            assert_eq!(listing.meta.total_pages, 1);
        }
    }

    #[test]
    fn zero_and_below_clamp_to_the_first() {
        let first = Page { number: 1, size: 1 };
        assert_eq!(page("page[number]=-3&page[size]=0", false), Ok(first));
        assert_eq!(page("page[number]=-3", true).unwrap_err().status(), 400);
    }
}
