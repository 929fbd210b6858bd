//! Uploads a document and reads fields out of it. Needs PENBOX_API_TOKEN.
//!
//!     cargo run --example extract_document -- [DOCUMENT]

use std::process::ExitCode;
use std::time::Duration;

use penbox::{CallOptions, Client, ExtractionCreate, ExtractionField, ExtractionSource, Upload};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> penbox::Result<()> {
    let document = std::env::args().nth(1).unwrap_or("document.pdf".to_owned());

    let client = Client::from_env()?;
    let attachment = client.attachments().upload(Upload::path(document))?;
    println!(
        "uploaded {} as {}",
        attachment.name.unwrap_or_default(),
        attachment.id
    );
    let wanted = ExtractionCreate::fields_of(
        vec![ExtractionSource::id(&attachment.id)],
        vec![
            ExtractionField::text("firstname"),
            ExtractionField::date("birthday").hint("YYYY-MM-DD"),
            ExtractionField::number("amount"),
        ],
    );
    let patient = CallOptions::new().timeout(Duration::from_secs(120));
    let extraction = client
        .with_options(patient)
        .document_intelligence()
        .extract(wanted)?;
    let fields = extraction.results.and_then(|results| results.fields);
    for field in fields.unwrap_or_default() {
        println!(
            "{}: {} (confidence: {})",
            field.name.unwrap_or_default(),
            field.value.as_ref().map_or("null", |value| value.as_str()),
            field
                .confidence
                .as_ref()
                .map_or("-", |level| level.as_str())
        );
    }
    Ok(())
}
