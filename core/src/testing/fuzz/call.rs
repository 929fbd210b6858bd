//! Targets of requests and of what lists and models read.

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

/// One segment in is one segment out, and says the same.
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
    if let Ok(target) = built {
        let segments: Vec<&str> = target.path_and_query.split('/').collect();
        let ["", "forms", segment] = segments[..] else {
            panic!("{}", target.path_and_query);
        };
        assert!(!segment.contains(['?', '#', '\\', ' ']), "{segment}");
        assert_eq!(percent_decode_str(segment).decode_utf8_lossy(), id);
    }
}

/// Whatever the pages say and whoever writes meanwhile, a walk ends within its limit.
pub(crate) fn pages(data: &[u8]) {
    let mut walk = Pagination::new(PageOf { number: 1, size: 3 });
    let mut bytes = data.iter().cycle();
    let mut next = || u64::from(bytes.next().copied().unwrap_or(0));
    let (mut asked, mut held) = (0, false);
    let mut writes = Tally::default();
    let mut wrote = |count: u64| {
        writes.begun += count;
        writes.ended += count;
        writes
    };
    loop {
        held &= walk.is_looking_back();
        let now = wrote(next().saturating_sub(200));
        let Some(page) = walk.plan(now) else {
            break;
        };
        asked += 1;
        assert!(asked <= 10_000);
        let ids: Vec<String> = (0..next() % 5).map(|_| (next() % 97).to_string()).collect();
        let some = |number: u64| Some(number).filter(|number| number % 3 > 0);
        let told = PageInfo {
            ids: ids.iter().map(|id| Some(id.as_str())).collect(),
            current_page: some(next()),
            total_pages: some(next()),
            total_count: some(next()),
            page_size: some(next()),
            has_meta: next() % 2 > 0,
        };
        let asked = PageRequest {
            page,
            writes: now,
            is_ahead: !walk.is_looking_back() && next() % 2 > 0,
        };
        match walk.advance(&told, &asked, wrote(next().saturating_sub(250))) {
            Ok(Verdict::Give(fresh)) => walk.gave(&fresh, now),
            Ok(Verdict::Hold(_)) => {
                assert!(!held && walk.is_looking_back());
                held = true;
            }
            Ok(Verdict::Discard) => {}
            Err(_) => break,
        }
    }
}

/// A page that is read is read the same from what it is written as.
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
