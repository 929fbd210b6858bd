//! What a fresh sandbox holds. [`crate::Sandbox::reset`] comes back to it.

use crate::store::Store;
use crate::store::templates::FormTemplate;
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
    for (workspace, slug) in [
        (ACME_SLUG, CLIENT_ONBOARDING),
        (ACME_SLUG, KYC_RENEWAL),
        (GLOBEX_SLUG, CLIENT_ONBOARDING),
        (GLOBEX_SLUG, CLAIM_REPORT),
    ] {
        store.templates.push(FormTemplate { workspace, slug });
    }
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
