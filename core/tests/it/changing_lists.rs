//! Lists that change during their iteration, against the sandbox: no item is missed, and none is given twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use penbox::{
    CallOptions, CaseDataUpdate, CaseList, CaseStepStart, Client, FormList, FormUpdate, PageQuery,
};
use penbox_sandbox::{CaseSeed, FormSeed, FormStatus, ParentStatus, Sandbox};

use crate::sandbox::start;

fn completed(sandbox: &Sandbox, count: usize) -> BTreeSet<String> {
    let seed = FormSeed {
        count,
        status: Some(FormStatus::Completed),
        ..FormSeed::default()
    };
    sandbox.seed_forms(seed).unwrap().into_iter().collect()
}

fn unprocessed(size: u64) -> FormList {
    FormList::default()
        .completed(true)
        .processed(false)
        .page(PageQuery::of(size))
}

fn process(client: &Client, id: &str) {
    client
        .forms()
        .update(id, FormUpdate::default().processed(true))
        .unwrap();
}

/// The number of pages that were requested of the sandbox.
fn pages(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    requests.iter().filter(|it| it.method == "GET").count()
}

/// The ids of an iteration, each of which is passed to `each`. No id is given twice.
fn iterated(ids: impl Iterator<Item = String>, mut each: impl FnMut(&str)) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for id in ids {
        each(&id);
        assert!(all.insert(id.clone()), "{id} was given twice");
    }
    all
}

#[test]
fn every_form_is_met_though_each_leaves_the_list() {
    for (size, most) in [(100, 5), (1, 351), (70, 8)] {
        for ahead in [false, true] {
            let (sandbox, client) = start();
            let forms = completed(&sandbox, 350);
            let list = client.forms().list(unprocessed(size));
            let list = if ahead { list.prefetch() } else { list };
            let ids = list.map(|form| form.unwrap().id.to_string());
            assert_eq!(
                iterated(ids, |id| process(&client, id)),
                forms,
                "{size} {ahead}"
            );
            // A prefetched page is dropped if it cannot be used.
            let most = if ahead { 2 * most } else { most };
            assert!(
                pages(&sandbox) <= most,
                "{size} {ahead}: {}",
                pages(&sandbox)
            );
        }
    }
}

#[test]
fn every_form_is_met_whatever_the_updates_do_to_the_order() {
    for sort in ["+updated_at", "-updated_at", "+created_at"] {
        for ahead in [false, true] {
            let (sandbox, client) = start();
            let forms = completed(&sandbox, 350);
            let list = FormList::default().sort(sort).page(PageQuery::of(60));
            let list = client.forms().list(list);
            let list = if ahead { list.prefetch() } else { list };
            let ids = list.map(|form| form.unwrap().id.to_string());
            assert_eq!(
                iterated(ids, |id| process(&client, id)),
                forms,
                "{sort} {ahead}"
            );
        }
    }
}

#[test]
fn a_write_here_and_there_loses_nothing() {
    for step in [2, 7, 40] {
        let (sandbox, client) = start();
        let forms = completed(&sandbox, 230);
        let list = client.forms().list(unprocessed(20));
        let mut met = 0;
        let all = iterated(list.map(|form| form.unwrap().id.to_string()), |id| {
            met += 1;
            if met % step == 0 {
                client
                    .forms()
                    .update(id, FormUpdate::default().archived(true))
                    .unwrap();
            }
        });
        assert_eq!(all, forms, "{step}");
    }
}

#[test]
fn pages_and_documents_are_iterated_alike() {
    let (sandbox, client) = start();
    let forms = completed(&sandbox, 120);
    let pages = client.forms().list(unprocessed(25)).pages();
    let ids = pages.flat_map(|page| page.unwrap().data);
    let ids = ids.map(|form| form.id.to_string());
    assert_eq!(iterated(ids, |id| process(&client, id)), forms);

    for ahead in [false, true] {
        let forms = completed(&sandbox, 120);
        let params = r#"{"completed": true, "processed": false, "page": {"size": 25}}"#;
        let mut pager = client
            .pager("forms.list", params, CallOptions::new())
            .unwrap();
        pager.prefetch(ahead);
        let mut all = BTreeSet::new();
        while let Some(page) = pager.next_page().unwrap() {
            for item in page.items() {
                let id = item.get("id").unwrap().as_str().unwrap();
                process(&client, id);
                assert!(all.insert(id.to_owned()), "{id} was given twice");
            }
        }
        assert_eq!(all, forms);
    }
}

#[test]
fn another_thread_may_process_what_is_listed() {
    let (sandbox, client) = start();
    let forms = completed(&sandbox, 400);
    let (gone, kept): (Vec<_>, Vec<_>) = forms.iter().enumerate().partition(|(at, _)| at % 2 > 0);
    let is_over = AtomicBool::new(false);
    let ids = |ids: Vec<(usize, &String)>| ids.into_iter().map(|(_, id)| id.clone()).collect();
    let (gone, kept): (Vec<String>, BTreeSet<String>) =
        (ids(gone), ids(kept).into_iter().collect());
    std::thread::scope(|scope| {
        let clone = client.with_options(CallOptions::new().max_attempts(2));
        let (gone, is_over) = (&gone, &is_over);
        scope.spawn(move || {
            for id in gone.iter().take_while(|_| !is_over.load(Ordering::SeqCst)) {
                process(&clone, id);
            }
        });
        let list = client.forms().list(unprocessed(20));
        let all = iterated(list.map(|form| form.unwrap().id.to_string()), |_| {});
        is_over.store(true, Ordering::SeqCst);
        assert!(kept.is_subset(&all), "{:?}", kept.difference(&all));
    });
}

#[test]
fn what_another_client_takes_away_is_seen_by_the_total() {
    let (sandbox, client) = start();
    let forms = completed(&sandbox, 100);
    let other = Client::builder()
        .token(sandbox.token())
        .base_url(sandbox.url())
        .build()
        .unwrap();
    let list = client.forms().list(unprocessed(10));
    let all = iterated(list.map(|form| form.unwrap().id.to_string()), |id| {
        process(&other, id)
    });
    assert_eq!(all, forms);
}

#[test]
fn every_case_is_met_though_each_moves() {
    let (sandbox, client) = start();
    let seed = |count| CaseSeed {
        count,
        parent_status: Some(ParentStatus::Draft),
        ..CaseSeed::default()
    };
    let cases: BTreeSet<String> = sandbox.seed_cases(seed(130)).unwrap().into_iter().collect();
    let mine = |list: CaseList| list.page(PageQuery::of(30));
    let list = client
        .cases()
        .list(mine(CaseList::default().sort("+updated_at")));
    let ids = list.map(|case| case.unwrap().id.to_string());
    let met = iterated(ids, |id| {
        let data = serde_json::json!({"company_name": "Acme SA"})
            .as_object()
            .unwrap()
            .clone();
        client
            .cases()
            .update_data(id, CaseDataUpdate::new(data))
            .unwrap();
    });
    assert!(cases.is_subset(&met));

    let list = client
        .cases()
        .list(mine(CaseList::default().parent_status("draft")));
    let ids = list.map(|case| case.unwrap().id.to_string());
    let met = iterated(ids, |id| {
        let step = penbox_sandbox::seed::CASE_STEPS[0];
        client
            .cases()
            .start_step(id, step, CaseStepStart::default())
            .unwrap();
    });
    assert!(cases.is_subset(&met));
}

#[test]
fn reading_asks_for_no_more_pages_than_there_are() {
    let (sandbox, client) = start();
    let forms = completed(&sandbox, 350);
    let before = pages(&sandbox);
    let list = client.forms().list(unprocessed(100));
    assert_eq!(
        iterated(list.map(|form| form.unwrap().id.to_string()), |_| {}),
        forms
    );
    assert_eq!(pages(&sandbox) - before, 4);
}
