//! The main job: check the token, list workspaces, create a form, page through forms, and see what failures look like.
//!
//! It runs against an embedded sandbox; with PENBOX_API_TOKEN set, against the real API, where it creates one draft.

use std::error::Error;
use std::time::Instant;

use penbox::{
    CallOptions, Client, ErrorKind, FormCreate, FormList, PageQuery, User, WorkspaceList,
};
use penbox_sandbox::{FormSeed, NewToken, RateLimit, Sandbox, SandboxOptions};

type Run = Result<(), Box<dyn Error>>;

fn main() -> Run {
    if std::env::var_os("PENBOX_API_TOKEN").is_some() {
        let client = Client::from_env()?;
        println!("Using the API at {}", client.base_url());
        return main_job(&client, FormCreate::new("client-onboarding").draft(true));
    }
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    println!(
        "PENBOX_API_TOKEN is not set: using an embedded sandbox at {}",
        sandbox.url()
    );
    sandbox.seed_forms(FormSeed {
        count: 24,
        ..FormSeed::default()
    })?;
    let client = Client::builder()
        .token(sandbox.token())
        .base_url(sandbox.url())
        .build()?;
    main_job(&client, FormCreate::new("client-onboarding"))?;
    revoked_token(&sandbox)?;
    rate_limit(&sandbox, &client)?;
    println!("\nDone. Read README.md for the other languages.");
    Ok(())
}

fn main_job(client: &Client, form: FormCreate) -> Run {
    println!(
        "\n1. The token comes from {} (fingerprint {})",
        client.auth().source(),
        client.auth().fingerprint()
    );
    for workspace in client.workspaces().list(WorkspaceList::default()) {
        let workspace = workspace?;
        println!(
            "   It opens the workspace {} ({})",
            workspace.name.unwrap_or_default(),
            workspace.slug.unwrap_or_default()
        );
    }

    let john = User::email("john@example.com")
        .given_name("John")
        .family_name("Doe");
    let form = client.forms().create(form.user(john))?;
    let status = form
        .status
        .map(|status| status.to_string())
        .unwrap_or_default();
    println!("\n2. Created the form {} ({status})", form.id);
    if let Some(fill) = form.links.and_then(|links| links.fill) {
        println!("   The contact fills it in at {fill}");
    }

    let mut forms = client
        .forms()
        .list(FormList::default().page(PageQuery::of(10)));
    let total = forms.total_count()?;
    let shown = forms
        .by_ref()
        .take(25)
        .collect::<penbox::Result<Vec<_>>>()?
        .len();
    println!(
        "\n3. Paged through {shown} of {} forms, ten a request",
        total.unwrap_or_default()
    );
    println!(
        "   Read the form again: {}",
        client.forms().get(&form.id)?.id
    );
    Ok(())
}

fn revoked_token(sandbox: &Sandbox) -> Run {
    let info = sandbox.create_token(NewToken::default())?;
    let client = Client::builder()
        .token(&info.token)
        .token_name(&info.name)
        .base_url(sandbox.url())
        .build()?;
    sandbox.revoke_token(&info.token)?;
    println!("\n4. A revoked token:");
    match client.workspaces().list(WorkspaceList::default()).next() {
        Some(Err(error)) => {
            println!("   {error}");
            println!("   What Penbox's support asks for:");
            error
                .support_report()
                .lines()
                .for_each(|line| println!("     {line}"));
            Ok(())
        }
        _ => Err("a revoked token was accepted".into()),
    }
}

fn rate_limit(sandbox: &Sandbox, client: &Client) -> Run {
    sandbox.set_rate_limit(RateLimit {
        requests: 1,
        window_ms: 60_000,
        retry_after: Some(60),
    });
    println!("\n5. Too many requests:");
    let unknown = "00000000-0000-4000-8000-000000000000";
    let once = CallOptions::new().max_attempts(1);
    let refused = (0..3).find_map(|_| {
        client
            .forms()
            .get_with(unknown, &once)
            .err()
            .filter(|error| error.kind() == ErrorKind::RateLimit)
    });
    let error = refused.ok_or("the rate limit was not met")?;
    println!("   {error}");
    println!(
        "   retry_after: {:?}, outcome: {}, retryable: {}",
        error.retry_after(),
        error.outcome(),
        error.retryable()
    );
    sandbox.set_rate_limit(RateLimit {
        requests: 1,
        window_ms: 1_000,
        retry_after: Some(1),
    });
    let started = Instant::now();
    let all_found = (0..2).all(|_| client.forms().get(unknown).is_err_and(is_not_found));
    println!(
        "   Told to wait for a second, the client does: two answers in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    sandbox.set_rate_limit(None);
    match all_found {
        true => Ok(()),
        false => Err("the wait was of no use".into()),
    }
}

fn is_not_found(error: penbox::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}
