use std::time::Duration;

use penbox_sandbox::{Clock, SandboxOptions, seed};
use serde_json::json;

use crate::filters::{PRESET, finds, zoo};
use crate::support::{Bench, bench};

/// A query and the numbers of the forms it finds.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [i64]);

#[test]
fn bracket_parameters() {
    let bench = zoo();
    let cases: &[Case] = &[
        (&[], &[0, 1, 2, 3, 4, 6, 7]),
        (&[("workspace[slug]", "globex")], &[2]),
        (&[("workspace[id]", seed::GLOBEX_ID)], &[2]),
        (&[("workspace[slug]", "nowhere")], &[]),
        (&[("flow[slug]", "kyc-renewal")], &[1]),
        (
            &[
                ("flow[slug]", "kyc-renewal"),
                ("flow[slug]", "claim-report"),
            ],
            &[1, 2],
        ),
        (
            &[
                ("flow[slug][]", "kyc-renewal"),
                ("flow[slug][]", "claim-report"),
            ],
            &[1, 2],
        ),
        (
            &[
                ("flow[slug][0]", "kyc-renewal"),
                ("flow[slug][1]", "claim-report"),
            ],
            &[1, 2],
        ),
        (&[("flow[slug]", "kyc-renewal,claim-report")], &[1, 2]),
        (&[("flow[customization]", PRESET)], &[7]),
        (&[("owner[email]", "sam@example.com")], &[4]),
        (&[("user[email]", "u3@example.com")], &[3]),
        (&[("archived", "true")], &[5]),
        (&[("archived", "false")], &[0, 1, 2, 3, 4, 6, 7]),
        (&[("completed", "true")], &[3, 4]),
        (&[("completed", "false")], &[0, 1, 2, 6, 7]),
        (&[("processed", "true")], &[4]),
        (&[("processed", "false"), ("completed", "true")], &[3]),
        (&[("active", "true")], &[0, 1, 2]),
        (&[("active", "false")], &[3, 4, 6, 7]),
        (&[("active", "true"), ("flow[slug]", "kyc-renewal")], &[1]),
        (&[("nobody_knows[this]", "x")], &[0, 1, 2, 3, 4, 6, 7]),
    ];
    for (query, expected) in cases {
        finds(&bench, query, expected);
    }
}

#[test]
fn contacts_by_name_and_phone() {
    let bench = bench();
    for (n, name) in ["Ann", "Bob", "Ann"].iter().enumerate() {
        bench.form(&json!({
            "flow": {"slug": "kyc-renewal"}, "external_args": {"n": n},
            "user": {"given_name": name, "family_name": format!("F{n}"), "phone": format!("+3247{n}")},
        }));
    }
    finds(&bench, &[("user[given_name]", "Ann")], &[0, 2]);
    finds(
        &bench,
        &[("user[given_name]", "Ann"), ("user[family_name]", "F2")],
        &[2],
    );
    finds(&bench, &[("user[phone]", "+32471")], &[1]);
    finds(&bench, &[("user[given_name]", "ann")], &[]);
}

#[test]
fn bracket_parameters_of_the_wrong_kind() {
    let bench = bench();
    for (name, value, message) in [
        ("archived", "yes", "archived must be true or false"),
        ("active", "1", "active must be true or false"),
        ("completed", "", "completed must be true or false"),
        ("processed", "True", "processed must be true or false"),
        ("workspace[id]", "acme-corp", "workspace[id] must be a UUID"),
        (
            "flow[customization]",
            "x",
            "flow[customization] must be a UUID",
        ),
        ("owner[email]", "sam", "owner[email] must be a valid email"),
        ("user[email]", "", "user[email] must be a valid email"),
    ] {
        bench.list(&[(name, value)]).is_bad(message);
    }
    bench
        .list(&[("archived", "true"), ("archived", "false")])
        .is_bad("archived is given twice");
}

#[test]
fn active_follows_the_clock() {
    let clock = Clock::manual(1_767_225_600_000);
    let bench = Bench::with(SandboxOptions::default().clock(clock.clone()));
    bench.form(&json!({
        "flow": {"slug": "kyc-renewal"}, "external_args": {"n": 0},
        "active_from": "2026-01-02", "active_until": "2026-01-03",
    }));
    let day = Duration::from_secs(24 * 60 * 60);
    for expected in [&[][..], &[0], &[]] {
        finds(&bench, &[("active", "true")], expected);
        clock.advance(day);
    }
}
