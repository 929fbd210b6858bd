//! Sends a form to a contact, waits for the answer and saves it as PDF. Needs PENBOX_API_TOKEN.
//!
//!     cargo run --example collect_pdf -- [EMAIL [TEMPLATE [FOLDER [SECONDS]]]]

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use penbox::{Client, Download, Form, FormCreate, FormResponse, FormStatus, Outcome, User};

const BETWEEN_QUESTIONS: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let email = next("john@example.com");
    let template = next("client-onboarding");
    let folder = PathBuf::from(next("."));
    let seconds = next("600").parse()?;

    let client = Client::from_env()?;
    let form = create_form(&client, &template, &email)?;
    println!("created {}", form.id);
    if let Some(link) = form.links.and_then(|links| links.fill) {
        println!("to be filled in at {link}");
    }
    println!("waiting for the answer, {seconds} s at most");
    let answer = wait_for_answer(&client, &form.id, Duration::from_secs(seconds))?;
    let path = folder.join(format!("answer-{}.pdf", answer.id));
    let file = client
        .responses()
        .download_pdf(&answer.id, Download::to(&path))?;
    println!(
        "saved {}: {} bytes, SHA-256 {}",
        path.display(),
        file.size,
        file.sha256
    );
    Ok(())
}

fn create_form(client: &Client, template: &str, email: &str) -> penbox::Result<Form> {
    let form = FormCreate::new(template).user(User::email(email));
    client.forms().create(form).inspect_err(|error| {
        // The SDK does not repeat a create by itself, and neither should you before you looked: the
        // contact could be mailed twice.
        if matches!(error.outcome(), Outcome::Unknown | Outcome::Done) {
            eprintln!("the form may exist: look for it before you send another");
        }
    })
}

/// Polls until the contact has answered. Webhooks are better for a wait of days.
fn wait_for_answer(
    client: &Client,
    form_id: &str,
    limit: Duration,
) -> Result<FormResponse, Box<dyn Error>> {
    let start = Instant::now();
    loop {
        let form = client.forms().get(form_id)?;
        let mut answers = form.responses.unwrap_or_default().into_iter();
        if let Some(answer) = answers.find(|answer| answer.completed_at.is_some()) {
            return Ok(answer);
        }
        if form.status == Some(FormStatus::Declined) {
            return Err("the contact declined".into());
        }
        if start.elapsed() + BETWEEN_QUESTIONS > limit {
            let seconds = limit.as_secs();
            return Err(format!("no answer within {seconds} s; the form stays open").into());
        }
        std::thread::sleep(BETWEEN_QUESTIONS);
    }
}
