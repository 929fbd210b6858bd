use penbox_sandbox::{FormSeed, FormStatus, NewToken, seed};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

pub(crate) const PRESET: &str = "11111111-2222-4333-8444-555555555555";

/// Forms 0 to 7, each with something of its own, made a day apart from 2024-01-01; the token opens both workspaces.
pub(crate) fn zoo() -> Bench {
    let mut bench = bench();
    let base = |n: usize| FormSeed {
        count: 1,
        created_at: Some(format!("2024-01-{:02}T00:00:00Z", n + 1)),
        external_args: json!({"n": n, "crm": {"id": format!("c{n}"), "score": n * 10}})
            .as_object()
            .cloned(),
        user_email: Some(format!("u{n}@example.com")),
        ..FormSeed::default()
    };
    let wanted = [
        base(0),
        FormSeed {
            flow: Some("kyc-renewal".into()),
            ..base(1)
        },
        FormSeed {
            workspace: Some("globex".into()),
            flow: Some("claim-report".into()),
            ..base(2)
        },
        FormSeed {
            status: Some(FormStatus::Completed),
            ..base(3)
        },
        FormSeed {
            status: Some(FormStatus::Processed),
            owner_email: Some("sam@example.com".into()),
            ..base(4)
        },
        FormSeed {
            archived: true,
            ..base(5)
        },
        FormSeed {
            status: Some(FormStatus::Draft),
            ..base(6)
        },
        FormSeed {
            status: Some(FormStatus::Declined),
            customization: Some(PRESET.into()),
            ..base(7)
        },
    ];
    for wanted in wanted {
        bench.sandbox.seed_forms(wanted).unwrap();
    }
    let both = NewToken {
        workspaces: Some(vec![seed::ACME_SLUG.into(), seed::GLOBEX_SLUG.into()]),
        ..NewToken::default()
    };
    bench.token = bench.sandbox.create_token(both).unwrap().token;
    bench
}

pub(crate) fn finds(bench: &Bench, query: &[(&str, &str)], expected: &[i64]) {
    let mut query = query.to_vec();
    query.push(("sort", "created_at"));
    assert_eq!(bench.found(&query), expected, "{query:?}");
}

fn filters(bench: &Bench, filter: &Value, expected: &[i64]) {
    finds(bench, &[("filter", &filter.to_string())], expected);
}

#[test]
fn operators() {
    let bench = zoo();
    let at = |test: Value| json!({"attributes": {"created_at": test}});
    let score = |test: Value| json!({"attributes": {"external_args": {"crm": {"score": test}}}});
    for (filter, expected) in [
        (at(json!({"$gt": "2024-01-06T00:00:00Z"})), &[6, 7][..]),
        (at(json!({"$ge": "2024-01-06T00:00:00Z"})), &[5, 6, 7]),
        (at(json!({"$ge": "2024-01-06"})), &[5, 6, 7]),
        (at(json!({"$lt": "2024-01-02T00:00:00Z"})), &[0]),
        (at(json!({"$le": "2024-01-02T01:00:00+01:00"})), &[0, 1]),
        (at(json!({"$eq": "2024-01-03"})), &[2]),
        (
            at(json!({"$gt": "2024-01-02", "$lt": "2024-01-05"})),
            &[2, 3],
        ),
        (
            json!({"attributes": {"status": {"$ne": "pending"}}}),
            &[3, 4, 6, 7],
        ),
        (json!({"attributes": {"status": {"$eq": "draft"}}}), &[6]),
        (json!({"attributes": {"status": "draft"}}), &[6]),
        (json!({"attributes": {"archived": {"$eq": true}}}), &[5]),
        (json!({"attributes": {"archived_at": {"$ne": null}}}), &[5]),
        (
            json!({"attributes": {"processed_at": null, "status": "completed"}}),
            &[3],
        ),
        (
            json!({"attributes": {"processed_at": {"$gt": "2000-01-01"}}}),
            &[4],
        ),
        (
            json!({"attributes": {"user": {"email": {"$eq": "u2@example.com"}}}}),
            &[2],
        ),
        (
            json!({"attributes": {"user": {"email": {"$ge": "u6"}}}}),
            &[6, 7],
        ),
        (score(json!({"$ge": 60})), &[6, 7]),
        (score(json!({"$lt": 10.5})), &[0, 1]),
        (score(json!({"$eq": 30.0})), &[3]),
        (score(json!({"$gt": "60"})), &[]),
        (score(json!(20)), &[2]),
        (
            json!({"relationships": {"owner": {"attributes": {"email": {"$eq": "sam@example.com"}}}}}),
            &[4],
        ),
        (
            json!({"relationships": {"workspace": {"attributes": {"slug": "globex"}}}}),
            &[2],
        ),
        (
            json!({"relationships": {"company": {"attributes": {"id": {"$eq": seed::GLOBEX_ID}}}}}),
            &[2],
        ),
        (
            json!({"attributes": {"status": {"$ne": "draft"}},
                   "relationships": {"flow": {"attributes": {"slug": {"$ne": "client-onboarding"}}}}}),
            &[1, 2],
        ),
        (json!({"attributes": {}}), &[0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        filters(&bench, &filter, expected);
    }
}

#[test]
fn a_legacy_filter() {
    let bench = zoo();
    for (filter, expected) in [
        (json!({}), &[0, 1, 2, 3, 4, 6, 7][..]),
        (json!({"company": {"slug": "globex"}}), &[2]),
        (json!({"workspace": {"slug": "globex"}}), &[2]),
        (json!({"flow": {"slug": "kyc-renewal"}}), &[1]),
        (
            json!({"flow": {"slug": ["kyc-renewal", "claim-report"]}}),
            &[1, 2],
        ),
        (json!({"user": {"email": "u3@example.com"}}), &[3]),
        (
            json!({"owner": {"email": "sam@example.com"}, "processed": true}),
            &[4],
        ),
        (json!({"archived": true}), &[5]),
        (json!({"completed": true, "processed": false}), &[3]),
        (
            json!({"active": true, "flow": {"slug": "client-onboarding"}}),
            &[0],
        ),
        (json!({"external_args": {"n": 6}}), &[6]),
        (
            json!({"external_args": {"crm": {"id": "c7", "score": 70}}}),
            &[7],
        ),
        (json!({"external_args": {"n": 6, "other": 1}}), &[]),
    ] {
        filters(&bench, &filter, expected);
    }
}

#[test]
fn a_filter_silences_the_other_parameters_but_paging_and_sort() {
    let bench = zoo();
    let filter = json!({"attributes": {"status": "pending"}}).to_string();
    finds(
        &bench,
        &[
            ("filter", &filter),
            ("archived", "nonsense"),
            ("flow[slug]", "nothing"),
            ("page[size]", "2"),
        ],
        &[0, 1],
    );
    let newest = bench.found(&[
        ("filter", &filter),
        ("sort", "-created_at"),
        ("page[size]", "1"),
    ]);
    assert_eq!(newest, [5]);
}

#[test]
fn filters_that_are_none() {
    let bench = bench();
    for text in ["", "{", "[]", "null", "status=draft"] {
        bench
            .list(&[("filter", text)])
            .is_bad("filter must be a JSON object");
    }
    for (filter, message) in [
        (
            json!({"attributes": []}),
            "filter: attributes must be an object",
        ),
        (
            json!({"attributes": {"colour": "red"}}),
            "filter: unknown member colour",
        ),
        (
            json!({"attributes": {}, "status": "draft"}),
            "filter: unknown member status",
        ),
        (
            json!({"attributes": {"status": {"$in": ["draft"]}}}),
            "filter: unknown operator $in",
        ),
        (
            json!({"attributes": {"status": {"$gte": "a"}}}),
            "filter: unknown operator $gte",
        ),
        (
            json!({"attributes": {"status": {"eq": "a"}}}),
            "filter: unknown operator eq",
        ),
        (
            json!({"attributes": {"status": ["a"]}}),
            "filter: status has a value of the wrong type",
        ),
        (
            json!({"attributes": {"created_at": {"$gt": "soon"}}}),
            "filter: created_at needs a date",
        ),
        (
            json!({"attributes": {"created_at": {"$gt": 5}}}),
            "filter: created_at has a value of the wrong type",
        ),
        (
            json!({"attributes": {"user": "x"}}),
            "filter: user must be an object",
        ),
        (
            json!({"attributes": {"user": {"age": 5}}}),
            "filter: unknown member user.age",
        ),
        (
            json!({"relationships": {"pet": {}}}),
            "filter: unknown member pet",
        ),
        (
            json!({"relationships": {"owner": {"email": "x"}}}),
            "filter: unknown member owner.email",
        ),
        (
            json!({"relationships": {"owner": {"attributes": {"age": 5}}}}),
            "filter: unknown member owner.age",
        ),
        (json!({"status": "draft"}), "filter: status is unknown"),
        (
            json!({"active": "true"}),
            "filter: active must be a boolean",
        ),
        (json!({"user": {"age": 5}}), "filter: user.age is unknown"),
        (
            json!({"user": {"email": "x"}}),
            "filter: user.email must be a valid email",
        ),
        (
            json!({"user": {"phone": 5}}),
            "filter: user.phone must be a string",
        ),
        (
            json!({"flow": "kyc-renewal"}),
            "filter: flow must be an object",
        ),
        (
            json!({"flow": {"slug": [1]}}),
            "filter: flow.slug must hold strings",
        ),
    ] {
        bench
            .list(&[("filter", &filter.to_string())])
            .is_bad(message);
    }
    bench
        .list(&[("filter", "{}"), ("filter", "{}")])
        .is_bad("filter is given twice");
}
