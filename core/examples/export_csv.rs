//! Writes the forms made since a date, drafts left out, to a CSV file. Needs PENBOX_API_TOKEN.
//!
//!     cargo run --example export_csv -- [DATE [FILE]]

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use penbox::{Client, Condition, Filter, Form, FormList};

const COLUMNS: &str = "id,created_at,status,template,email,given_name,phone";

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
    let since = std::env::args().nth(1).unwrap_or("2024-01-01".to_owned());
    let path = std::env::args().nth(2).unwrap_or("forms.csv".to_owned());

    let client = Client::from_env()?;
    let unfinished = format!("{path}.part");
    let out = File::create(&unfinished).map_err(|error| format!("{unfinished}: {error}"))?;
    let mut out = BufWriter::new(out);
    write_line(&mut out, COLUMNS.split(',').map(Some))?;
    let mut count = 0;
    // One page is held at a time. The oldest forms come first, so forms that are created meanwhile move no page.
    let recent = Filter::new()
        .attribute("created_at", Condition::ge(since))
        .attribute("status", Condition::ne("draft"));
    let forms = FormList::default().filter(recent).sort("+created_at");
    for form in client.forms().list(forms) {
        write_line(&mut out, row(&form?))?;
        count += 1;
    }
    out.into_inner()?.sync_all()?;
    fs::rename(unfinished, &path)?;
    println!("wrote {count} forms to {path}");
    Ok(())
}

fn row(form: &Form) -> [Option<&str>; 7] {
    let user = form.user.as_ref();
    [
        Some(&form.id),
        form.created_at.as_deref(),
        form.status.as_ref().map(|status| status.as_str()),
        form.flow.as_ref().and_then(|flow| flow.slug.as_deref()),
        user.and_then(|user| user.email.as_deref()),
        user.and_then(|user| user.given_name.as_deref()),
        user.and_then(|user| user.phone.as_deref()),
    ]
}

fn write_line<'a>(
    out: &mut impl Write,
    cells: impl IntoIterator<Item = Option<&'a str>>,
) -> io::Result<()> {
    let cells = cells.into_iter().map(|cell| quoted(cell.unwrap_or("")));
    write!(out, "{}\r\n", cells.collect::<Vec<_>>().join(","))
}

/// Quotes a cell. An apostrophe keeps a spreadsheet from running a contact's text as a formula.
fn quoted(text: &str) -> String {
    let text = text.replace('"', "\"\"");
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("\"'{text}\""),
        false => format!("\"{text}\""),
    }
}
