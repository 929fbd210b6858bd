//! The Rust testee: makes the call a line asks for by the typed public method and says what came of it.

mod around;
mod files;
mod operations;
mod parameters;
mod pooled;
mod results;
mod second;
mod webhook;

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use penbox::{CallOptions, CancelToken, Client, Error, RequestOptions, WithResponse};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use around::Around;
use files::{Place, Watch};
use parameters::Parameters;
use results::{Json, one};
use second::{Beside, Second};
use webhook::Webhook;

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
    /// Whether the pool of asynchronous languages runs the call.
    #[serde(default)]
    pool: bool,
    /// A second client is started, or ended.
    beside: Option<Beside>,
    #[serde(default)]
    options: Options,
    /// What is done beside the call.
    #[serde(default)]
    around: Around,
    /// A delivery, which a verifier is given instead of a call.
    webhook: Option<Webhook>,
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
    /// How often the call is made before the one that is answered.
    #[serde(default)]
    again: u32,
    /// The headers that are told beside the result, with the rest of the HTTP side.
    with_response: Option<Vec<String>>,
    /// The options that are the SDK's.
    #[serde(flatten)]
    own: Map<String, Value>,
}

fn main() -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let (mut kept, mut second) = (None, None);
    for line in std::io::stdin().lock().lines() {
        let call: Call = serde_json::from_str(&line?)?;
        let mut watch = Watch {
            wish: call.progress.clone(),
            ..Watch::default()
        };
        let came = match (&call.beside, &call.webhook) {
            (Some(beside), _) => change(&mut second, beside, call.pool),
            (None, Some(webhook)) => webhook.run(call.operation.as_deref().unwrap_or_default()),
            (None, None) => run(&call, &mut watch, &mut kept),
        };
        let (name, came) = match came {
            Ok(result) => ("result", result),
            Err(error) => ("error", told_of(&error)?),
        };
        // Not through a tree, which has no place for some numbers.
        let (id, told) = (&call.id, json!(watch.told));
        writeln!(stdout, r#"{{"id":{id},"{name}":{came},"progress":{told}}}"#)?;
        stdout.flush()?;
    }
    Ok(())
}

/// Starts the second client, or ends it: then the number of its calls is told.
fn change(second: &mut Option<Second>, beside: &Beside, pool: bool) -> Result<Json, Error> {
    match (&beside.settings, second.take()) {
        (Some(settings), _) => {
            *second = Some(Second::start(made(settings, &Around::default())?, pool)?);
            one(Ok(Value::Null))
        }
        (None, Some(second)) => one(second.end().map(|calls| json!({"calls": calls}))),
        (None, None) => Err(Error::internal("there is no second client")),
    }
}

fn run(call: &Call, watch: &mut Watch, kept: &mut Option<Client>) -> Result<Json, Error> {
    let client = match &call.settings {
        Some(settings) => made(settings, &call.around)?,
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
    let client = match call.options.own.is_empty() {
        true => client,
        false => client.with_options(CallOptions::from_json(
            &json!(call.options.own).to_string(),
        )?),
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
        for _ in 0..call.options.again {
            perform(&client, operation, call, watch)?;
        }
        match &call.options.with_response {
            None => {
                let again = || perform(&client, operation, call, &mut Watch::default());
                let last = || perform(&client, operation, call, watch);
                call.around.make(&client, again, last)
            }
            Some(names) => {
                let answer =
                    client.with_response(|client| perform(client, operation, call, watch))?;
                one(Ok(told(&answer, names)))
            }
        }
    })
}

/// An error with its line for a shell.
fn told_of(error: &Error) -> serde_json::Result<Json> {
    RawValue::from_string(error.payload().to_json_with_curl())
}

/// A result and its HTTP side.
fn told(answer: &WithResponse<Json>, names: &[String]) -> Value {
    let headers = names.iter();
    let headers: Map<String, Value> = headers
        .map(|name| (name.clone(), json!(answer.headers.get(name))))
        .collect();
    json!({
        "data": answer.data,
        "status": answer.status,
        "request_id": answer.request_id,
        "attempts": answer.attempts,
        "from_cache": answer.from_cache,
        "headers": headers,
    })
}

/// Sends a request that no method makes.
fn request(client: &Client, params: &Map<String, Value>) -> Result<Json, Error> {
    let text = |name: &str| params.get(name).and_then(Value::as_str).unwrap_or_default();
    let object = |name: &str| params.get(name).and_then(Value::as_object).cloned();
    let mut parts = RequestOptions::new();
    for (name, value) in object("query").unwrap_or_default() {
        parts = parts.query(name, value);
    }
    for (name, value) in object("headers").unwrap_or_default() {
        parts = parts.header(name, value.as_str().unwrap_or_default());
    }
    if let Some(body) = params.get("body") {
        parts = parts.body(body.clone());
    }
    if let Some(safe) = params.get("safe").and_then(Value::as_bool) {
        parts = parts.safe(safe);
    }
    one(client.request(text("method"), text("path"), parts))
}

fn made(settings: &Map<String, Value>, around: &Around) -> Result<Client, Error> {
    let mut builder = Client::builder();
    for (name, value) in settings {
        builder = match name.as_str() {
            "from_env" => builder.use_environment(),
            _ => builder.set(name, value.clone()),
        };
    }
    around.provided(builder).build()
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
) -> Result<Json, Error> {
    if call.pool {
        return pooled::perform(client, operation, call);
    }
    match operation {
        "request" => return request(client, &call.params),
        "check" => return around::check(client, &call.params),
        _ => {}
    }
    let mut given = Parameters::new(&call.params);
    if let Some(file) = &call.file {
        let source = files::source(&call.params, file, watch)?;
        return operations::upload(client, operation, &mut given, source);
    }
    if let Some(to) = &call.to {
        let file = operations::download(client, operation, &mut given, files::target(to, watch)?)?;
        return one(files::facts(&file, to));
    }
    operations::call(client, operation, &mut given, call.options.resume)
}
