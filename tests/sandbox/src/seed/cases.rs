use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    ACME_CASE_TEMPLATE, ACME_SLUG, ARCHIVED_CASE_TEMPLATE, CASE_STEPS, GLOBEX_CASE_TEMPLATE,
    GLOBEX_SLUG,
};
use crate::store::Store;
use crate::store::cases::{Case, CaseContact, CaseField, CaseStep, ParentStatus};

pub(super) fn plant(store: &mut Store) {
    for (id, workspace, title, created_at, archived) in [
        (
            ACME_CASE_TEMPLATE,
            ACME_SLUG,
            "Client onboarding",
            "2024-01-15T10:30:00Z",
            false,
        ),
        (
            ARCHIVED_CASE_TEMPLATE,
            ACME_SLUG,
            "Old onboarding",
            "2024-01-16T10:30:00Z",
            true,
        ),
        (
            GLOBEX_CASE_TEMPLATE,
            GLOBEX_SLUG,
            "Claim handling",
            "2024-02-20T09:00:00Z",
            false,
        ),
    ] {
        let Some(workspace) = store.workspace(workspace) else {
            continue;
        };
        let created_at: Timestamp = created_at.parse().unwrap_or_default();
        store.cases.add(Case {
            id: id.to_owned(),
            is_template: true,
            workspace,
            title: title.to_owned(),
            parent_status: ParentStatus::Draft,
            created_at,
            updated_at: created_at,
            description: Some(format!("{title} of {}", workspace.name)),
            locale: "en".to_owned(),
            reference: format!("TPL{:0>3}", &id[35..]),
            status: "draft".to_owned(),
            waiting_for: "none",
            archived_at: archived.then_some(created_at),
            contacts: vec![role(id, 1, "main"), role(id, 2, "accountant")],
            template: None,
            owner: None,
            steps: steps(),
            schema: schema(),
        });
    }
}

/// A role that a contact of a case takes; it has an id of its own, the template's with another middle.
fn role(template: &str, number: usize, key: &str) -> CaseContact {
    CaseContact {
        id: format!("{}-{number:04}-{}", &template[..8], &template[14..]),
        key: key.to_owned(),
        ..CaseContact::default()
    }
}

fn steps() -> Vec<CaseStep> {
    let titles = ["Welcome email", "Collect documents", "Final review"];
    let step = |(index, (key, title)): (usize, (&str, &str))| CaseStep {
        id: key.to_owned(),
        title: title.to_owned(),
        status: "pending",
        data: Map::new(),
        needs: (index == 2).then_some("company_name"),
    };
    CASE_STEPS
        .into_iter()
        .zip(titles)
        .enumerate()
        .map(step)
        .collect()
}

fn schema() -> Vec<CaseField> {
    [
        ("company_name", "text", "Company name"),
        ("employees", "number", "Employees"),
        ("founded_on", "date", "Founded on"),
        ("is_vat_payer", "checkbox", "VAT payer"),
        ("documents", "file", "Documents"),
    ]
    .into_iter()
    .map(|(key, kind, name)| CaseField {
        key: key.to_owned(),
        kind: kind.to_owned(),
        value: Value::Null,
        name: Some(name.to_owned()),
    })
    .collect()
}
