use std::collections::HashSet;

use penbox_sandbox::{FormSeed, SandboxOptions, SettingsPatch};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

fn seeded(count: usize) -> Bench {
    let bench = bench();
    let wanted = FormSeed {
        count,
        ..FormSeed::default()
    };
    assert_eq!(bench.sandbox.seed_forms(wanted).unwrap().len(), count);
    bench
}

fn indexes(answer: &Value) -> Vec<i64> {
    let data = answer["data"].as_array().unwrap();
    data.iter()
        .map(|form| form["external_args"]["index"].as_i64().unwrap())
        .collect()
}

#[test]
fn nothing_matches() {
    bench().get("/forms").is(
        200,
        r#"{"meta":{"total_count":0,"total_pages":0,"page_size":10,"current_page":1},"data":[]}"#,
    );
}

#[test]
fn pages_of_ten_newest_first() {
    let bench = seeded(25);
    let first = bench.get("/forms").json();
    assert_eq!(
        first["meta"],
        json!({"total_count": 25, "total_pages": 3, "page_size": 10, "current_page": 1})
    );
    assert_eq!(indexes(&first), (15..25).rev().collect::<Vec<_>>());
    let last = bench.get("/forms?page%5Bnumber%5D=3").json();
    assert_eq!(last["meta"]["current_page"], 3);
    assert_eq!(indexes(&last), (0..5).rev().collect::<Vec<_>>());
    let past = bench.get("/forms?page[number]=4");
    past.is(
        200,
        r#"{"meta":{"total_count":25,"total_pages":3,"page_size":10,"current_page":4},"data":[]}"#,
    );
}

#[test]
fn every_form_comes_once() {
    let bench = seeded(230);
    let mut ids = HashSet::new();
    for number in 1..=3 {
        let page = bench
            .get(&format!("/forms?page[size]=100&page[number]={number}"))
            .json();
        assert_eq!(page["meta"]["total_pages"], 3);
        for form in page["data"].as_array().unwrap() {
            assert!(ids.insert(form["id"].as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(ids.len(), 230);
}

#[test]
fn pages_out_of_range() {
    let bench = seeded(3);
    for (query, message) in [
        ("page[size]=0", "page[size] must be at least 1"),
        ("page[size]=-1", "page[size] must be at least 1"),
        ("page[size]=101", "page[size] must be at most 100"),
        ("page[number]=0", "page[number] must be at least 1"),
        ("page[number]=-5", "page[number] must be at least 1"),
        ("page[number]=abc", "page[number] must be an integer"),
        ("page[number]=", "page[number] must be an integer"),
        ("page[number]=1.5", "page[number] must be an integer"),
        ("page[size]=%2B5", "page[size] must be an integer"),
        ("page[size]=5&page[size]=6", "page[size] is given twice"),
    ] {
        bench.get(&format!("/forms?{query}")).is_bad(message);
        bench.get(&format!("/workspaces?{query}")).is_bad(message);
    }
}

#[test]
fn lenient_paging_clamps() {
    let bench = Bench::with(SandboxOptions::default().strict_paging(false));
    for (query, size, number) in [
        ("page[size]=0", 1, 1),
        ("page[size]=500", 100, 1),
        ("page[number]=0", 10, 1),
        ("page[number]=-9&page[size]=-9", 1, 1),
    ] {
        let meta = bench.get(&format!("/forms?{query}")).json()["meta"].clone();
        assert_eq!(
            (&meta["page_size"], &meta["current_page"]),
            (&json!(size), &json!(number))
        );
    }
    // No integer is no integer, strict or not.
    bench
        .get("/forms?page[size]=x")
        .is_bad("page[size] must be an integer");
    let patch = SettingsPatch {
        strict_paging: Some(true),
        ..SettingsPatch::default()
    };
    bench.sandbox.settings(patch);
    assert_eq!(bench.get("/forms?page[size]=500").status, 400);
}

#[test]
fn workspaces_page_too() {
    let bench = bench();
    let past = bench.get("/workspaces?page[size]=1&page[number]=2");
    past.is(
        200,
        r#"{"meta":{"total_count":1,"total_pages":1,"page_size":1,"current_page":2},"data":[]}"#,
    );
}

#[test]
fn sorting() {
    let bench = seeded(3);
    for sort in [
        "%2Bcreated_at",
        "+created_at",
        "created_at",
        "%2Bupdated_at",
        "updated_at",
    ] {
        let answer = bench.get(&format!("/forms?sort={sort}")).json();
        assert_eq!(indexes(&answer), [0, 1, 2], "{sort}");
    }
    for sort in ["-created_at", "-updated_at"] {
        let answer = bench.get(&format!("/forms?sort={sort}")).json();
        assert_eq!(indexes(&answer), [2, 1, 0], "{sort}");
    }
    for sort in ["", "-", "name", "--created_at", "created_at,updated_at"] {
        bench
            .get(&format!("/forms?sort={sort}"))
            .is_bad("sort must be one of +created_at, -created_at, +updated_at, -updated_at");
    }
}

#[test]
fn sorting_is_by_time_and_not_by_arrival() {
    let bench = bench();
    for (index, created_at) in ["2024-03-01", "2024-01-01", "2024-02-01"]
        .iter()
        .enumerate()
    {
        let wanted = FormSeed {
            count: 1,
            created_at: Some((*created_at).to_owned()),
            external_args: json!({"index": index}).as_object().cloned(),
            ..FormSeed::default()
        };
        bench.sandbox.seed_forms(wanted).unwrap();
    }
    assert_eq!(indexes(&bench.get("/forms").json()), [0, 2, 1]);
    assert_eq!(
        indexes(&bench.get("/forms?sort=created_at").json()),
        [1, 2, 0]
    );
}

#[test]
fn no_two_forms_are_made_at_once() {
    let bench = Bench::with(SandboxOptions::default().clock(penbox_sandbox::Clock::manual(0)));
    for _ in 0..5 {
        bench.form(&json!({"flow": {"slug": "kyc-renewal"}}));
    }
    let list = bench.get("/forms?sort=created_at").json();
    let moments: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|form| form["created_at"].as_str().unwrap())
        .collect();
    assert_eq!(moments[0], "1970-01-01T00:00:00.000000Z");
    assert!(
        moments.windows(2).all(|pair| pair[0] < pair[1]),
        "{moments:?}"
    );
}
