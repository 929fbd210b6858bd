//! The main job: check the token, list workspaces, create a form, page through forms, and see what failures look like.
//!
//! It runs against an embedded sandbox for some seconds. If PENBOX_API_TOKEN is set, it runs against the real API and creates one
//! draft there.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use penbox::{
    Client, ErrorKind, FormCreate, FormList, FormTemplateList, PageQuery, User, WorkspaceList,
};
use penbox_sandbox::{FormSeed, NewToken, RateLimit, Sandbox, SandboxOptions};

type Run = Result<(), Box<dyn Error>>;

/// The template of the sandbox's forms.
const TEMPLATE: &str = "client-onboarding";

fn main() -> ExitCode {
    let result = match std::env::var_os("PENBOX_API_TOKEN") {
        Some(_) => real_api(),
        None => sandbox(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn real_api() -> Run {
    let client = Client::from_env()?;
    println!("Using the API at {}", client.base_url());
    // The form is made from a template of the workspace.
    let mut templates = client.form_templates().list(FormTemplateList::default());
    let is_usable = |enabled: Option<bool>| enabled != Some(false);
    let slug = templates.find_map(|template| match template {
        Ok(template) if is_usable(template.enabled) => {
            template.slug.map(|slug| Ok(slug.to_string()))
        }
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    let form = slug
        .transpose()?
        .map(|slug| FormCreate::new(slug).draft(true));
    main_job(&client, form)?;
    println!("\nDone. Read README.md for the other languages.");
    Ok(())
}

fn sandbox() -> Run {
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
    main_job(&client, Some(FormCreate::new(TEMPLATE)))?;
    revoked_token(&sandbox)?;
    rate_limit(&sandbox)?;
    println!("\nDone. Read README.md for the other languages.");
    Ok(())
}

/// Runs the steps. `form` is the form to create, if there is a template for it.
fn main_job(client: &Client, form: Option<FormCreate>) -> Run {
    println!(
        "\n1. The token comes from {} (fingerprint {})",
        client.auth().source(),
        client.auth().fingerprint().unwrap_or_default()
    );
    for workspace in client.workspaces().list(WorkspaceList::default()) {
        let workspace = workspace?;
        println!(
            "   It opens the workspace {} ({})",
            workspace.name.unwrap_or_default(),
            workspace.slug.unwrap_or_default()
        );
    }

    let created = match form {
        Some(form) => Some(create(client, form)?),
        None => {
            println!(
                "\n2. No form was created: the workspace has no form template that is enabled"
            );
            None
        }
    };

    let mut forms = client
        .forms()
        .list(FormList::default().page(PageQuery::of(10)));
    let total = forms.total_count()?;
    let shown = forms
        .by_ref()
        .take(25)
        .collect::<penbox::Result<Vec<_>>>()?
        .len();
    let total = total.map_or("an unknown number of".to_owned(), |total| total.to_string());
    println!("\n3. Paged through {shown} of {total} forms, ten a request");
    if let Some(id) = created {
        let form = client.forms().get(&id)?;
        println!("   Read the form again: {}", form.id);
    }
    Ok(())
}

/// The id of the new form.
fn create(client: &Client, form: FormCreate) -> Result<String, Box<dyn Error>> {
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
    Ok(form.id.to_string())
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

fn rate_limit(sandbox: &Sandbox) -> Run {
    let builder = || {
        Client::builder()
            .token(sandbox.token())
            .base_url(sandbox.url())
    };
    // The sandbox accepts one request a second.
    sandbox.set_rate_limit(RateLimit {
        requests: 1,
        window_ms: 1_000,
        retry_after: Some(1),
    });
    println!("\n5. Too many requests:");
    let unknown = "00000000-0000-4000-8000-000000000000";
    // The first client gets the error at once, since it accepts no wait.
    let hasty = builder().max_retry_wait(Duration::ZERO).build()?;
    let refused = (0..3).find_map(|_| {
        let error = hasty.forms().get(unknown).err()?;
        (error.kind() == ErrorKind::RateLimit).then_some(error)
    });
    let error = refused.ok_or("the rate limit was not met")?;
    println!("   {error}");
    println!(
        "   retry_after: {:?}, outcome: {}, retryable: {}",
        error.retry_after(),
        error.outcome(),
        error.retryable()
    );
    let patient = builder().build()?;
    // The first call may be sent after the second has passed. Then the next call is refused.
    let waited = (0..3).find_map(|_| {
        let started = Instant::now();
        let found = patient.forms().get(unknown);
        let is_answer = found.is_err_and(|error| error.kind() == ErrorKind::NotFound);
        let took = started.elapsed();
        (is_answer && took >= Duration::from_secs(1)).then_some(took)
    });
    let waited = waited.ok_or("nothing was waited for")?;
    println!(
        "   Told to wait for a second, a client does, and a little more: its answer came after {:.1} s",
        waited.as_secs_f64()
    );
    sandbox.set_rate_limit(None);
    Ok(())
}
