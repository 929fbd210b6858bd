//! The Rust testee: makes the call a line asks for by the typed public method and says what came of it.

use std::io::{BufRead as _, Write as _};

use penbox::{Client, Error, FormCreate, FormList, WorkspaceList};
use serde::Serialize;
use serde_json::{Map, Value, json};

#[derive(serde::Deserialize)]
struct Call {
    id: Value,
    operation: String,
    params: Map<String, Value>,
    settings: Map<String, Value>,
}

fn main() -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let call: Call = serde_json::from_str(&line?)?;
        let answer = match run(&call) {
            Ok(result) => json!({ "id": call.id, "result": result }),
            Err(error) => json!({ "id": call.id, "error": error.payload() }),
        };
        writeln!(stdout, "{answer}")?;
        stdout.flush()?;
    }
    Ok(())
}

fn run(call: &Call) -> Result<Value, Error> {
    let mut builder = Client::builder();
    for (name, value) in &call.settings {
        builder = builder.set(name, value.clone());
    }
    let client = builder.build()?;
    let params = Value::Object(call.params.clone()).to_string();
    match call.operation.as_str() {
        "workspaces.list" => all(client.workspaces().list(WorkspaceList::from_json(&params)?)),
        "forms.list" => all(client.forms().list(FormList::from_json(&params)?)),
        "forms.create" => one(client.forms().create(FormCreate::from_json(&params)?)),
        "forms.get" => one(client.forms().get(text(&call.params, "id"))),
        other => Err(Error::invalid_argument(format!(
            "the testee does not know {other}"
        ))),
    }
}

/// What a Rust caller could pass: a missing or ill-typed id cannot be written at all.
fn text<'a>(params: &'a Map<String, Value>, name: &str) -> &'a str {
    params.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn all<T: Serialize>(items: impl Iterator<Item = Result<T, Error>>) -> Result<Value, Error> {
    one(items.collect::<Result<Vec<T>, Error>>())
}

fn one<T: Serialize>(result: Result<T, Error>) -> Result<Value, Error> {
    serde_json::to_value(result?).map_err(|error| Error::internal(error.to_string()))
}
