//! The Rust testee: makes the call a line asks for by the typed public method and says what came of it.

mod files;

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use penbox::{
    CallOptions, CancelToken, CaseContactsUpdate, CaseCount, CaseCreate, CaseDataUpdate, CaseList,
    CaseStepStart, CaseTemplateList, Client, Error, ExtractionCreate, FormCount, FormCreate,
    FormList, FormTemplateList, FormUpdate, WorkspaceList,
};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use files::{Place, Watch};

#[derive(serde::Deserialize)]
struct Call {
    id: Value,
    /// Without one the client that was kept is closed.
    operation: Option<String>,
    #[serde(default)]
    params: Map<String, Value>,
    /// Without them the client that was kept makes the call.
    settings: Option<Map<String, Value>>,
    #[serde(default)]
    keep: bool,
    /// Another thread closes the client as soon as this file is there.
    close_when: Option<PathBuf>,
    #[serde(default)]
    options: Options,
    file: Option<Place>,
    to: Option<Place>,
    progress: Option<String>,
}

/// The options of the call.
#[derive(Default, serde::Deserialize)]
struct Options {
    cancel_after_ms: Option<u64>,
    /// How many errors a list is gone on with after.
    #[serde(default)]
    resume: u32,
}

fn main() -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let mut kept = None;
    for line in std::io::stdin().lock().lines() {
        let call: Call = serde_json::from_str(&line?)?;
        let mut watch = Watch {
            wish: call.progress.clone(),
            ..Watch::default()
        };
        let (name, came) = match run(&call, &mut watch, &mut kept) {
            Ok(result) => ("result", result),
            Err(error) => ("error", raw(&error.payload())?),
        };
        // Not through a tree, which has no place for some numbers.
        let (id, told) = (&call.id, json!(watch.told));
        writeln!(stdout, r#"{{"id":{id},"{name}":{came},"progress":{told}}}"#)?;
        stdout.flush()?;
    }
    Ok(())
}

fn run(call: &Call, watch: &mut Watch, kept: &mut Option<Client>) -> Result<Box<RawValue>, Error> {
    let client = match &call.settings {
        Some(settings) => made(settings)?,
        None => kept
            .take()
            .ok_or_else(|| Error::internal("no client was kept"))?,
    };
    if call.keep {
        *kept = Some(client.clone());
    }
    let Some(operation) = &call.operation else {
        return one(Ok(Value::Null));
    };
    let client = match call.options.cancel_after_ms {
        Some(after) => cancelled_after(&client, after),
        None => client,
    };
    thread::scope(|scope| {
        if let Some(sign) = &call.close_when {
            scope.spawn(|| {
                while !sign.exists() {
                    thread::sleep(Duration::from_millis(2));
                }
                client.close();
            });
        }
        perform(&client, operation, call, watch)
    })
}

fn made(settings: &Map<String, Value>) -> Result<Client, Error> {
    let mut builder = Client::builder();
    for (name, value) in settings {
        builder = builder.set(name, value.clone());
    }
    builder.build()
}

/// The client whose calls end so much later.
fn cancelled_after(client: &Client, after: u64) -> Client {
    let token = CancelToken::new();
    let cancellable = client.with_options(CallOptions::new().cancel(&token));
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(after));
        token.cancel();
    });
    cancellable
}

fn perform(
    client: &Client,
    operation: &str,
    call: &Call,
    watch: &mut Watch,
) -> Result<Box<RawValue>, Error> {
    let mut members = call.params.clone();
    let params = Value::Object(members.clone()).to_string();
    let [id, slug, step_key] = ["id", "slug", "step_key"].map(|name| text(members.remove(name)));
    // What stands beside the values of the path.
    let rest = Value::Object(members).to_string();
    if let Some(file) = &call.file {
        return files::upload(client, &call.params, file, watch);
    }
    if let Some(to) = &call.to {
        let what = (operation, id.as_str(), rest.as_str());
        return one(files::download(client, what, to, watch));
    }
    let resume = call.options.resume;
    let (forms, cases) = (client.forms(), client.cases());
    let (templates, case_templates) = (client.form_templates(), client.case_templates());
    let extractions = client.document_intelligence();
    match operation {
        "workspaces.list" => all(
            client.workspaces().list(WorkspaceList::from_json(&params)?),
            resume,
        ),
        "forms.list" => all(forms.list(FormList::from_json(&params)?), resume),
        "forms.count" => one(forms.count(FormCount::from_json(&params)?)),
        "forms.create" => one(forms.create(FormCreate::from_json(&params)?)),
        "forms.get" => one(forms.get(&id)),
        "forms.update" => one(forms.update(&id, FormUpdate::from_json(&rest)?)),
        "responses.get" => one(client.responses().get(&id)),
        "form_templates.list" => all(
            templates.list(FormTemplateList::from_json(&params)?),
            resume,
        ),
        "form_templates.options" => one(templates.options(&slug)),
        "form_templates.steps" => one(templates.steps(&slug)),
        "cases.list" => all(cases.list(CaseList::from_json(&params)?), resume),
        "cases.count" => one(cases.count(CaseCount::from_json(&params)?)),
        "cases.create" => one(cases.create(CaseCreate::from_json(&params)?)),
        "cases.get" => one(cases.get(&id)),
        "cases.update_data" => one(cases.update_data(&id, CaseDataUpdate::from_json(&rest)?)),
        "cases.update_contacts" => {
            one(cases.update_contacts(&id, CaseContactsUpdate::from_json(&rest)?))
        }
        "cases.start_step" => {
            one(cases.start_step(&id, &step_key, CaseStepStart::from_json(&rest)?))
        }
        "case_templates.list" => all(
            case_templates.list(CaseTemplateList::from_json(&params)?),
            resume,
        ),
        "case_templates.get" => one(case_templates.get(&id)),
        "attachments.get" => one(client.attachments().get(&id)),
        "document_intelligence.create" => {
            one(extractions.create(ExtractionCreate::from_json(&params)?))
        }
        "document_intelligence.get" => one(extractions.get(&id)),
        "document_intelligence.extract" => {
            one(extractions.extract(ExtractionCreate::from_json(&params)?))
        }
        "signatures.get" => one(client.signatures().get(&id)),
        other => Err(Error::invalid_argument(format!("no method for {other}"))),
    }
}

/// What a Rust caller could pass: a missing or ill-typed path value cannot be written at all.
fn text(value: Option<Value>) -> String {
    let text = value.as_ref().and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn all<T: Serialize>(
    items: impl Iterator<Item = Result<T, Error>>,
    mut resume: u32,
) -> Result<Box<RawValue>, Error> {
    let mut all = Vec::new();
    for item in items {
        match item {
            Err(_) if resume > 0 => resume -= 1,
            item => all.push(item?),
        }
    }
    one(Ok(all))
}

fn one<T: Serialize>(result: Result<T, Error>) -> Result<Box<RawValue>, Error> {
    raw(&result?).map_err(|error| Error::internal(error.to_string()))
}

fn raw(value: &impl Serialize) -> serde_json::Result<Box<RawValue>> {
    serde_json::value::to_raw_value(value)
}
