//! Reads a form with a client that has its own settings, and explains failures. Needs PENBOX_API_TOKEN.
//!
//!     cargo run --example read_form -- [ID]

use std::process::ExitCode;
use std::time::Duration;

use penbox::{CallOptions, Client, Error, ErrorKind};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", explain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> penbox::Result<()> {
    let unknown = "00000000-0000-4000-8000-000000000000";
    let id = std::env::args().nth(1).unwrap_or(unknown.to_owned());

    let client = Client::builder()
        .use_environment()
        .timeout(Duration::from_secs(60)) // for a call with its waits
        .max_retry_wait(Duration::from_secs(5))
        .rate_limit("100/min, 1000/h")
        .token_name("CRM")
        .user_agent_suffix("crm-sync/2.1")
        .build()?;
    // Somebody waits for this call.
    let options = CallOptions::new()
        .timeout(Duration::from_secs(20))
        .max_attempts(2);
    let form = client.with_options(options).forms().get(&id)?;
    let status = form.status.map(|status| status.to_string());
    println!("{} {}", form.id, status.unwrap_or_default());
    Ok(())
}

fn explain(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such form".to_owned(),
        ErrorKind::RateLimit => {
            let wait = error.retry_after().unwrap_or(Duration::from_secs(1));
            format!("too many requests: wait {} s", wait.as_secs_f64())
        }
        // It never holds the token.
        ErrorKind::Server => format!(
            "the service failed; for Penbox's support:\n{}",
            error.support_report()
        ),
        _ => error.to_string(),
    }
}
