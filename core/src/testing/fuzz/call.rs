//! Fuzz targets of requests, lists and models.

use percent_encoding::percent_decode_str;
use serde_json::Map;

use crate::call::operation;
use crate::call::page::Page;
use crate::call::page_info::{PageInfo, PageRequest, Verdict};
use crate::call::pagination::Pagination;
use crate::call::request_builder;
use crate::call::request_builder::PageOf;
use crate::endpoints::forms::{Form, Get};
use crate::send::{CallOptions, Tally};

/// One path segment stays one segment, and decodes to the same text.
pub(crate) fn path(data: &[u8]) {
    let id = String::from_utf8_lossy(data);
    let options = CallOptions::new();
    let built = request_builder::build(
        operation::spec::<Get>(),
        &[&id],
        &Map::new(),
        None,
        &options,
        Default::default(),
    );
    if let Ok(request) = built {
        let segments: Vec<&str> = request.path_and_query.split('/').collect();
        let ["", "forms", segment] = segments[..] else {
            panic!("{}", request.path_and_query);
        };
        assert!(!segment.contains(['?', '#', '\\', ' ']), "{segment}");
        assert_eq!(percent_decode_str(segment).decode_utf8_lossy(), id);
    }
}

/// Pagination ends within its limit, whatever the pages say and however many writes come between them.
pub(crate) fn pages(data: &[u8]) {
    let mut pagination = Pagination::new(PageOf { number: 1, size: 3 });
    let mut bytes = data.iter().cycle();
    let mut next = || u64::from(bytes.next().copied().unwrap_or(0));
    let (mut requests, mut held) = (0, false);
    let mut writes = Tally::default();
    let mut wrote = |count: u64| {
        writes.begun += count;
        writes.ended += count;
        writes
    };
    loop {
        held &= pagination.is_looking_back();
        let now = wrote(next().saturating_sub(200));
        let Some(page) = pagination.plan(now) else {
            break;
        };
        requests += 1;
        assert!(requests <= 10_000);
        let ids: Vec<String> = (0..next() % 5).map(|_| (next() % 97).to_string()).collect();
        let some = |number: u64| Some(number).filter(|number| number % 3 > 0);
        let info = PageInfo {
            ids: ids.iter().map(|id| Some(id.as_str())).collect(),
            current_page: some(next()),
            total_pages: some(next()),
            total_count: some(next()),
            page_size: some(next()),
            has_meta: next() % 2 > 0,
        };
        let request = PageRequest {
            page,
            writes: now,
            is_ahead: !pagination.is_looking_back() && next() % 2 > 0,
        };
        match pagination.advance(&info, &request, wrote(next().saturating_sub(250))) {
            Ok(Verdict::Give(fresh)) => pagination.record_given(&fresh, now),
            Ok(Verdict::Hold(_)) => {
                assert!(!held && pagination.is_looking_back());
                held = true;
            }
            Ok(Verdict::Discard) => {}
            Err(_) => break,
        }
    }
}

/// A page that was read is written as JSON that is read the same.
pub(crate) fn models(data: &[u8]) {
    let Ok(page) = Page::<Form>::from_json(String::from_utf8_lossy(data)) else {
        return;
    };
    for form in page.data.iter().filter(|form| form.instead().is_none()) {
        let Ok(written) = serde_json::to_string(form) else {
            panic!("a form that was read is not written");
        };
        let again: Result<Form, _> = serde_json::from_str(&written);
        assert!(again.is_ok_and(|again| again == *form), "{written}");
    }
}
