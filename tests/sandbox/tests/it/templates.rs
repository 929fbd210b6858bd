use penbox_sandbox::seed;
use serde_json::{Value, json};

use crate::support::{Bench, bench};

const MISSING: &str = "Form template not found or not enabled";

fn slugs(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item["slug"].as_str().unwrap()).collect()
}

#[test]
fn the_open_ones_newest_first() {
    let answer = bench().get("/form_templates");
    answer.is(
        200,
        concat!(
            r#"{"meta":{"total_count":2,"total_pages":1,"page_size":10,"current_page":1},"data":["#,
            r#"{"id":"b2c3d4e5-f6a7-8901-bcde-f12345678902","created_at":"2024-01-16T10:30:00.000000Z","#,
            r#""slug":"kyc-renewal","name":"KYC Renewal","archived_at":null,"enabled":true},"#,
            r#"{"id":"b2c3d4e5-f6a7-8901-bcde-f12345678901","created_at":"2024-01-15T10:30:00.000000Z","#,
            r#""slug":"client-onboarding","name":"Client Onboarding","archived_at":null,"enabled":true}]}"#
        ),
    );
}

#[test]
fn archived_includes_the_others() {
    let list = bench().get("/form_templates?archived=true").good(200);
    assert_eq!(
        slugs(&list["data"]),
        [
            "beta-survey",
            "archived-intake",
            "kyc-renewal",
            "client-onboarding"
        ]
    );
    assert_eq!(list["data"][0]["enabled"], false);
    assert!(list["data"][1]["archived_at"].is_string());
    bench()
        .get("/form_templates?archived=1")
        .is_bad("archived must be true or false");
}

#[test]
fn order_and_pages() {
    let mut bench = bench();
    bench.open_both();
    let sorted = |query: &str| {
        let list = bench.get(&format!("/form_templates?{query}")).good(200);
        slugs(&list["data"]).join(" ")
    };
    let oldest = "client-onboarding kyc-renewal client-onboarding claim-report";
    assert_eq!(sorted("sort=%2Bcreated_at"), oldest);
    assert_eq!(sorted("sort=created_at"), oldest);
    assert_eq!(
        sorted("sort=-created_at"),
        "claim-report client-onboarding kyc-renewal client-onboarding"
    );
    assert_eq!(
        sorted("sort=%2Bupdated_at"),
        "kyc-renewal claim-report client-onboarding client-onboarding"
    );
    assert_eq!(
        sorted("sort=%2Bcreated_at&page[size]=2&page[number]=2"),
        "client-onboarding claim-report"
    );
    bench
        .get("/form_templates?sort=name")
        .is_bad("sort must be one of +created_at, -created_at, +updated_at, -updated_at");
    bench
        .get("/form_templates?page[size]=101")
        .is_bad("page[size] must be at most 100");
}

#[test]
fn options_and_steps() {
    let bench = bench();
    for family in ["form_templates", "flows"] {
        let options = bench
            .get(&format!("/{family}/kyc-renewal/options"))
            .good(200);
        assert_eq!(
            options,
            json!({"signature_method": "sms", "handler_email": null})
        );
        let steps = bench.get(&format!("/{family}/kyc-renewal/steps")).good(200);
        assert_eq!(steps[0]["id"], "step-1");
        assert_eq!(
            steps[0]["elements"][0],
            json!({"key": "company_name", "type": "text", "label": "Company name", "required": true})
        );
        assert_eq!(steps.as_array().unwrap().len(), 2);
    }
}

#[test]
fn slugs_that_do_not_lead_to_one() {
    let mut bench = bench();
    let all = |bench: &Bench, slug: &str, status, phrase, message| {
        for family in ["form_templates", "flows"] {
            for part in ["options", "steps"] {
                let answer = bench.get(&format!("/{family}/{slug}/{part}"));
                answer.refuses(status, phrase, message);
            }
        }
    };
    for slug in [
        "nothing",
        "claim-report",
        seed::ARCHIVED_INTAKE,
        seed::BETA_SURVEY,
        "%20",
        "%FF",
    ] {
        all(&bench, slug, 404, "Not Found", MISSING);
    }
    bench.open_both();
    let message = "More than one form template has this slug: use a token of one workspace";
    all(&bench, "client-onboarding", 409, "Conflict", message);
    assert_eq!(bench.get("/form_templates/claim-report/steps").status, 200);
}

#[test]
fn no_form_of_a_template_that_is_not_open() {
    let bench = bench();
    for slug in [seed::ARCHIVED_INTAKE, seed::BETA_SURVEY] {
        bench
            .post("/forms", &json!({"flow": {"slug": slug}}))
            .refuses(404, "Not Found", MISSING);
    }
}
