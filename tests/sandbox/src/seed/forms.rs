use jiff::Timestamp;
use serde_json::json;

use super::{
    ACME_SLUG, ARCHIVED_INTAKE, BETA_SURVEY, CLAIM_REPORT, CLIENT_ONBOARDING, GLOBEX_SLUG,
    KYC_RENEWAL,
};
use crate::store::Store;
use crate::store::templates::FormTemplate;

/// Whether forms can be made of a template.
#[derive(PartialEq, Eq)]
enum State {
    Open,
    Archived,
    Disabled,
}

pub(super) fn plant(store: &mut Store) {
    let templates = [
        (
            "b2c3d4e5-f6a7-8901-bcde-f12345678901",
            ACME_SLUG,
            CLIENT_ONBOARDING,
            "Client Onboarding",
            "2024-01-15T10:30:00Z",
            State::Open,
        ),
        (
            "b2c3d4e5-f6a7-8901-bcde-f12345678902",
            ACME_SLUG,
            KYC_RENEWAL,
            "KYC Renewal",
            "2024-01-16T10:30:00Z",
            State::Open,
        ),
        (
            "b2c3d4e5-f6a7-8901-bcde-f12345678903",
            ACME_SLUG,
            ARCHIVED_INTAKE,
            "Archived Intake",
            "2024-01-17T10:30:00Z",
            State::Archived,
        ),
        (
            "b2c3d4e5-f6a7-8901-bcde-f12345678904",
            ACME_SLUG,
            BETA_SURVEY,
            "Beta Survey",
            "2024-01-18T10:30:00Z",
            State::Disabled,
        ),
        (
            "b2c3d4e5-f6a7-8901-bcde-f12345678905",
            GLOBEX_SLUG,
            CLIENT_ONBOARDING,
            "Client Onboarding",
            "2024-02-20T09:00:00Z",
            State::Open,
        ),
        (
            "b2c3d4e5-f6a7-8901-bcde-f12345678906",
            GLOBEX_SLUG,
            CLAIM_REPORT,
            "Claim Report",
            "2024-02-21T09:00:00Z",
            State::Open,
        ),
    ];
    for (id, workspace, slug, name, created_at, state) in templates {
        let Some(workspace) = store.workspace(workspace) else {
            continue;
        };
        let created_at: Timestamp = created_at.parse().unwrap_or_default();
        store.templates.push(FormTemplate {
            id,
            created_at,
            // The oldest was changed last, so that the two orders differ.
            updated_at: if slug == CLIENT_ONBOARDING {
                "2024-06-01T00:00:00Z".parse().unwrap_or(created_at)
            } else {
                created_at
            },
            workspace,
            slug,
            name,
            archived_at: (state == State::Archived).then_some(created_at),
            enabled: state != State::Disabled,
            // Keys of the retired site; what the current API has here is not known.
            options: json!({"signature_method": "sms", "handler_email": null}),
            steps: json!([
                {"id": "step-1", "title": "Your company", "description": "", "elements": [
                    {"key": "company_name", "type": "text", "label": "Company name", "required": true},
                    {"key": "property_type", "type": "choices", "label": "Property type", "required": false},
                ]},
                {"id": "step-2", "title": "Your documents", "description": "", "elements": [
                    {"key": "id_card", "type": "file", "label": "ID card", "required": true},
                    {"key": "customer_signature", "type": "signature", "label": "Signature", "required": true},
                ]},
            ]),
        });
    }
}
