//! The operations against the sandbox.

use penbox::{
    CallOptions, Client, Error, ErrorKind, FlowFilter, FormCreate, FormList, FormStatus, Outcome,
    PageQuery, User, UserFilter, WorkspaceList,
};
use penbox_sandbox::{FormSeed, NewToken, RateLimit, Sandbox, SandboxOptions, SettingsPatch, seed};
use serde_json::json;

pub(crate) fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let client = client(&sandbox, sandbox.token());
    (sandbox, client)
}

fn client(sandbox: &Sandbox, token: &str) -> Client {
    Client::builder()
        .token(token)
        .base_url(sandbox.url())
        .build()
        .unwrap()
}

fn facts(error: &Error) -> (ErrorKind, Option<u16>, &str, Option<&str>, Outcome) {
    (
        error.kind(),
        error.http_status(),
        error.message(),
        error.title(),
        error.outcome(),
    )
}

#[test]
fn lists_workspaces() {
    let (_sandbox, client) = start();
    let workspaces: Vec<_> = client
        .workspaces()
        .list(WorkspaceList::default())
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(workspaces.len(), 1);
    assert_eq!(workspaces[0].slug.as_deref(), Some(seed::ACME_SLUG));
}

#[test]
fn creates_the_form_of_the_documentation_and_reads_it_back() {
    let (sandbox, client) = start();
    let john = User::email("john@example.com")
        .given_name("John")
        .family_name("Doe");
    let params = FormCreate::new("client-onboarding")
        .user(john)
        .external_args(json!({"crm_id": "12345"}).as_object().unwrap().clone());
    let form = client.forms().create(params).unwrap();
    assert_eq!(form.status, Some(FormStatus::Pending));
    assert_eq!(
        form.flow.as_ref().unwrap().slug.as_deref(),
        Some("client-onboarding")
    );
    assert_eq!(
        form.external_args.as_ref().unwrap().get("crm_id"),
        Some(json!("12345"))
    );
    assert_eq!(client.forms().get(&form.id).unwrap(), form);
    let sent = &sandbox.requests()[0];
    assert_eq!(
        (sent.method.as_str(), sent.path.as_str()),
        ("POST", "/v1/forms")
    );
    assert!(sent.authorized);
}

#[test]
fn pages_are_fetched_while_a_list_is_iterated() {
    let (sandbox, client) = start();
    sandbox
        .seed_forms(FormSeed {
            count: 25,
            ..FormSeed::default()
        })
        .unwrap();
    sandbox.clear_requests();
    let mut forms = client
        .forms()
        .list(FormList::default().page(PageQuery::of(10)));
    assert_eq!(sandbox.requests().len(), 0);
    assert_eq!(forms.total_count().unwrap(), Some(25));
    assert_eq!(sandbox.requests().len(), 1);
    let first: Vec<_> = forms
        .by_ref()
        .take(10)
        .map(|form| form.unwrap().id)
        .collect();
    assert_eq!(sandbox.requests().len(), 1);
    let rest: Vec<_> = forms.map(|form| form.unwrap().id).collect();
    assert_eq!((first.len(), rest.len()), (10, 15));
    assert_eq!(sandbox.requests().len(), 3);
}

#[test]
fn single_pages_and_pages_in_turn() {
    let (sandbox, client) = start();
    sandbox
        .seed_forms(FormSeed {
            count: 25,
            ..FormSeed::default()
        })
        .unwrap();
    let list = || {
        client
            .forms()
            .list(FormList::default().page(PageQuery::of(10)))
    };
    let page = list().page(3).unwrap();
    assert_eq!(
        (page.len(), page.meta.as_ref().unwrap().total_pages),
        (5, Some(3))
    );
    assert!(list().page(0).is_err());
    let mut counted = list();
    counted.total_count().unwrap();
    let sizes: Vec<_> = counted.pages().map(|page| page.unwrap().len()).collect();
    assert_eq!(sizes, [10, 10, 5]);
    let mut begun = list();
    begun.by_ref().take(3).for_each(drop);
    let sizes: Vec<_> = begun.pages().map(|page| page.unwrap().len()).collect();
    assert_eq!(sizes, [7, 10, 5]);
}

#[test]
fn filters_reach_the_server() {
    let (sandbox, client) = start();
    sandbox
        .seed_forms(FormSeed {
            count: 3,
            flow: Some("kyc-renewal".into()),
            ..FormSeed::default()
        })
        .unwrap();
    let other = User::email("a+b&c@example.com");
    client
        .forms()
        .create(FormCreate::new("client-onboarding").user(other))
        .unwrap();
    let count = |params: FormList| client.forms().list(params).map(Result::unwrap).count();
    assert_eq!(
        count(FormList::default().flow(FlowFilter::slug("kyc-renewal"))),
        3
    );
    assert_eq!(
        count(FormList::default().flow(FlowFilter::slugs(["kyc-renewal", "client-onboarding"]))),
        4
    );
    assert_eq!(
        count(FormList::default().user(UserFilter::email("a+b&c@example.com"))),
        1
    );
    let filter = json!({"attributes": {"status": {"$ne": "draft"}}});
    assert_eq!(
        count(FormList::default().filter(filter.as_object().unwrap().clone())),
        4
    );
    let both = FormList::default()
        .archived(true)
        .filter(filter.as_object().unwrap().clone());
    let error = client.forms().list(both).next().unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::InvalidArgument, Outcome::NotSent)
    );
    assert_eq!(error.operation(), Some("forms.list"));
}

#[test]
fn the_errors_of_the_authentication_page() {
    let (sandbox, client_of_acme) = start();
    let get = |client: &Client, id: &str| client.forms().get(id).unwrap_err();
    let unknown = "00000000-0000-4000-8000-000000000000";

    let info = sandbox.create_token(NewToken::default()).unwrap();
    let revoked = client(&sandbox, &info.token);
    sandbox.revoke_token(&info.token).unwrap();
    let error = get(&revoked, unknown);
    assert_eq!(
        facts(&error),
        (
            ErrorKind::Authentication,
            Some(401),
            "Invalid token",
            Some("Unauthorized"),
            Outcome::Rejected
        )
    );
    assert!(
        error
            .hint()
            .unwrap()
            .contains("https://app.penbox.io/workspace/settings/api")
    );
    assert!(!error.retryable());

    sandbox.settings(SettingsPatch {
        short_401: Some(true),
        ..SettingsPatch::default()
    });
    assert_eq!(get(&revoked, unknown).message(), "Unauthorized");

    let form = client_of_acme
        .forms()
        .create(FormCreate::new("client-onboarding"))
        .unwrap();
    let error = get(&client(&sandbox, seed::GLOBEX_TOKEN), &form.id);
    assert_eq!(
        facts(&error),
        (
            ErrorKind::PermissionDenied,
            Some(403),
            "No access to this resource",
            Some("Forbidden"),
            Outcome::Rejected
        )
    );
    assert_eq!(get(&client_of_acme, unknown).kind(), ErrorKind::NotFound);

    sandbox.set_rate_limit(RateLimit {
        requests: 1,
        window_ms: 60_000,
        retry_after: Some(60),
    });
    get(&client_of_acme, unknown);
    let once = CallOptions::new().max_attempts(1);
    let limited = client_of_acme.forms().get_with(unknown, &once).unwrap_err();
    assert_eq!(
        facts(&limited),
        (
            ErrorKind::RateLimit,
            Some(429),
            "Rate limit exceeded. Please try again later.",
            Some("Too Many Requests"),
            Outcome::Rejected
        )
    );
    assert_eq!(limited.retry_after().unwrap().as_secs(), 60);
    assert!(limited.retryable());
}

#[test]
fn a_support_report_names_the_call_and_never_the_token() {
    let (sandbox, _) = start();
    let client = Client::builder()
        .token("pnbx_not-a-token-of-the-sandbox")
        .token_name("Production API - CRM Integration")
        .base_url(sandbox.url())
        .build()
        .unwrap();
    let error = client
        .forms()
        .create(FormCreate::new("client-onboarding"))
        .unwrap_err();
    let report = error.support_report();
    for line in [
        "token name: Production API - CRM Integration",
        "endpoint: POST /forms (forms.create)",
        "status: 401 Unauthorized",
        "message: Invalid token",
        "outcome: rejected",
        "client: penbox-rust/",
    ] {
        assert!(report.contains(line), "{report}");
    }
    assert!(!report.contains("not-a-token"));
    assert!(error.request_id().is_some());
}
