//! Makes a case from a template and starts its first step. Needs PENBOX_API_TOKEN.
//!
//!     cargo run --example start_case -- [EMAIL [COMPANY [TEMPLATE_ID]]]

use std::error::Error;
use std::process::ExitCode;

use penbox::{
    Case, CaseContactInput, CaseCreate, CaseDataUpdate, CaseStepStart, CaseTemplateList, Cases,
    Client, ErrorKind, Outcome,
};
use serde_json::{Map, json};

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
    let client = Client::from_env()?;
    let (cases, templates) = (client.cases(), client.case_templates());
    let email = arguments.next().unwrap_or("jane@example.com".to_owned());
    let company = arguments.next().unwrap_or("Jane's Bakery".to_owned());
    let template = match arguments.next() {
        Some(id) => templates.get(&id)?,
        None => templates
            .list(CaseTemplateList::default())
            .next()
            .ok_or("there is no case template")??,
    };

    let id = create_case(&cases, &template.id, &email)?.id;
    println!(
        "created {id} from the template {}",
        template.title.unwrap_or_default()
    );
    // The field is one of the template's.
    let data = Map::from_iter([("company_name".to_owned(), json!(company))]);
    cases.update_data(&id, CaseDataUpdate::new(data))?;

    let key = start_first_step(&cases, &id)?;
    println!("started {key}");
    show(&cases.get(&id)?);

    match cases.start_step(&id, &key, CaseStepStart::default()) {
        Err(error) if error.kind() == ErrorKind::Conflict => {
            println!("a second start is a {}: {}", error.kind(), error.message());
            Ok(())
        }
        other => Ok(other.map(drop)?),
    }
}

fn create_case(cases: &Cases, template: &str, email: &str) -> penbox::Result<Case> {
    // The role is one of the template's.
    let contact = CaseContactInput::key("main").email(email);
    let case = CaseCreate::from_template(template).contacts(vec![contact]);
    cases.create(case).inspect_err(|error| {
        if matches!(error.outcome(), Outcome::Unknown | Outcome::Done) {
            eprintln!("the case may exist: look for it before you make another");
        }
    })
}

/// Starts the first step that can be started. Returns its key.
fn start_first_step(cases: &Cases, case_id: &str) -> Result<String, Box<dyn Error>> {
    let steps = cases.get(case_id)?.steps.unwrap_or_default();
    for key in steps.into_iter().filter_map(|step| step.key.or(step.id)) {
        match cases.start_step(case_id, &key, CaseStepStart::default()) {
            Ok(_) => return Ok(key.into_string()),
            Err(error) => match error.kind() {
                ErrorKind::Conflict | ErrorKind::UnprocessableEntity => {
                    println!("{key} cannot be started: {}", error.message());
                }
                _ => return Err(error.into()),
            },
        }
    }
    Err("no step can be started".into())
}

fn show(case: &Case) {
    let (status, who) = (shown(&case.parent_status), shown(&case.waiting_for));
    println!("the case is {status} and waits for: {who}");
    for step in case.steps.iter().flatten() {
        println!("- {}: {}", shown(&step.title), shown(&step.status));
    }
}

fn shown(value: &Option<impl ToString>) -> String {
    value.as_ref().map_or("-".to_owned(), ToString::to_string)
}
