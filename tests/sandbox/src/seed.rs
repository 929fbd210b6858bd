//! What a fresh sandbox holds. [`crate::Sandbox::reset`] comes back to it.

mod cases;
mod forms;

use crate::store::Store;
use crate::store::extractions::{ExtractionTemplate, WantedField};
use crate::store::members::Member;
use crate::store::tokens::Token;
use crate::store::workspaces::Workspace;

/// The sample token of the authentication page; it opens [`ACME_SLUG`] only.
pub const ACME_TOKEN: &str = "pnbx_1234567890abcdef1234567890abcdef1234567890abcdef";
/// A test token that opens [`GLOBEX_SLUG`] only.
pub const GLOBEX_TOKEN: &str = "pnbx_sandbox_globex_test_token";
/// The slug of the first workspace.
pub const ACME_SLUG: &str = "acme-corp";
/// The name of the first workspace.
pub const ACME_NAME: &str = "Acme Corp";
/// The id of the first workspace, the sample of `/api-reference/workspaces/list-workspaces`.
pub const ACME_ID: &str = "c3d4e5f6-a7b8-9012-cdef-123456789012";
/// The slug of the second workspace.
pub const GLOBEX_SLUG: &str = "globex";
/// The name of the second workspace.
pub const GLOBEX_NAME: &str = "Globex";
/// The id of the second workspace.
pub const GLOBEX_ID: &str = "d4e5f6a7-b8c9-4123-8def-234567890123";
/// A form template of both workspaces, so that its slug is ambiguous for a token of both.
pub const CLIENT_ONBOARDING: &str = "client-onboarding";
/// A form template of the first workspace.
pub const KYC_RENEWAL: &str = "kyc-renewal";
/// A form template of the second workspace.
pub const CLAIM_REPORT: &str = "claim-report";

/// A form template of the first workspace that is archived: hidden unless asked for.
pub const ARCHIVED_INTAKE: &str = "archived-intake";
/// A form template of the first workspace that is not enabled: hidden unless asked for.
pub const BETA_SURVEY: &str = "beta-survey";
/// The id of the case template of the first workspace; the contacts' roles are `main` and `accountant`.
pub const ACME_CASE_TEMPLATE: &str = "0ca5e000-0000-4000-8000-000000000001";
/// The id of an archived case template of the first workspace.
pub const ARCHIVED_CASE_TEMPLATE: &str = "0ca5e000-0000-4000-8000-000000000002";
/// The id of the case template of the second workspace.
pub const GLOBEX_CASE_TEMPLATE: &str = "0ca5e000-0000-4000-8000-000000000003";
/// The steps of every case template, by key. The last one needs a value in `company_name`.
pub const CASE_STEPS: [&str; 3] = ["send_welcome", "collect_documents", "final_review"];
/// The id of the document intelligence template of the first workspace: `firstname`, `birthday`, `amount`.
pub const EXTRACTION_TEMPLATE: &str = "0d1e0000-0000-4000-8000-000000000001";
/// A member of both workspaces, who can own cases: Sam Smith.
pub const OWNER_EMAIL: &str = "sam@example.com";
/// A member of the first workspace, who can own cases: Ada Lovelace.
pub const ACME_OWNER_EMAIL: &str = "ada@example.com";

const ACME_CREATED: &str = "2024-01-15T10:30:00Z";
const GLOBEX_CREATED: &str = "2024-02-20T09:00:00Z";

pub(crate) fn plant(store: &mut Store) {
    for (id, slug, name, created_at) in [
        (ACME_ID, ACME_SLUG, ACME_NAME, ACME_CREATED),
        (GLOBEX_ID, GLOBEX_SLUG, GLOBEX_NAME, GLOBEX_CREATED),
    ] {
        store.workspaces.push(Workspace {
            id,
            created_at,
            slug,
            name,
        });
    }
    forms::plant(store);
    cases::plant(store);
    for (workspace, email, given_name, family_name) in [
        (ACME_SLUG, OWNER_EMAIL, "Sam", "Smith"),
        (GLOBEX_SLUG, OWNER_EMAIL, "Sam", "Smith"),
        (ACME_SLUG, ACME_OWNER_EMAIL, "Ada", "Lovelace"),
    ] {
        store.members.push(Member {
            workspace,
            email: email.to_owned(),
            given_name: Some(given_name.to_owned()),
            family_name: Some(family_name.to_owned()),
        });
    }
    store.extraction_templates.push(ExtractionTemplate {
        id: EXTRACTION_TEMPLATE,
        workspace: ACME_SLUG,
        fields: vec![
            WantedField::new("firstname", "text"),
            WantedField::new("birthday", "date"),
            WantedField::new("amount", "number"),
        ],
    });
    for (token, name, workspace) in [
        (ACME_TOKEN, "Acme default", ACME_SLUG),
        (GLOBEX_TOKEN, "Globex default", GLOBEX_SLUG),
    ] {
        store.tokens.insert(
            token.to_owned(),
            Token {
                name: name.to_owned(),
                workspaces: vec![workspace],
                revoked: false,
            },
        );
    }
}
