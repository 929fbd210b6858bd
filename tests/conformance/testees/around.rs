//! What the Rust testee does around a call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use penbox::bindings::Language;
use penbox::{Client, ClientBuilder, Error};
use serde_json::{Map, Value, json};

use crate::results::{Json, one};

/// The member `around` of a line.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Around {
    /// The tokens that the client's callback gives, in order.
    provider: Option<Vec<Option<String>>>,
    /// The calls that are made first.
    before: u32,
    set_token: Option<String>,
    clear_cache: bool,
    /// The callers of the call.
    at_once: Option<u32>,
    /// The members of the stats that are told.
    stats: Option<Vec<String>>,
}

impl Around {
    /// The settings with the callback, where there is one.
    pub(crate) fn provided(&self, builder: ClientBuilder) -> ClientBuilder {
        let Some(tokens) = self.provider.clone() else {
            return builder;
        };
        if tokens == [None] {
            // A function of Rust returns a text: only the callbacks of other languages can give nothing.
            return builder.token_provider_later(drop);
        }
        let asked = AtomicUsize::new(0);
        builder.token_provider(move || {
            let at = asked.fetch_add(1, Ordering::SeqCst).min(tokens.len() - 1);
            match tokens[at].as_deref() {
                Some("") => Err("the vault is sealed"),
                given => Ok(given.unwrap_or_default().to_owned()),
            }
        })
    }

    /// Makes a call with all that is done around it.
    pub(crate) fn make(
        &self,
        client: &Client,
        call: impl Fn() -> Result<Json, Error> + Sync,
        last: impl FnOnce() -> Result<Json, Error>,
    ) -> Result<Json, Error> {
        for _ in 0..self.before {
            let _ = call();
        }
        if let Some(token) = &self.set_token {
            client.set_token(token)?;
        }
        if self.clear_cache {
            client.clear_cache();
        }
        let came = match self.at_once {
            Some(callers) => all_at_once(callers, call),
            None => last(),
        };
        match &self.stats {
            Some(names) => one(Ok(stats(client, names))),
            None => came,
        }
    }
}

/// The result of a call that so many callers make at once, and that comes to the same for each.
fn all_at_once(callers: u32, call: impl Fn() -> Result<Json, Error> + Sync) -> Result<Json, Error> {
    let came: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..callers).map(|_| scope.spawn(&call)).collect();
        calls.into_iter().map(|call| call.join()).collect()
    });
    let mut results = Vec::new();
    for one in came {
        results.push(one.map_err(|_| Error::internal("a caller panicked"))??);
    }
    let first = results.swap_remove(0);
    match results.iter().all(|other| other.get() == first.get()) {
        true => Ok(first),
        false => Err(Error::internal("two callers were told different things")),
    }
}

/// The members of these names; of an operation the calls and the errors, for times are never the same.
fn stats(client: &Client, names: &[String]) -> Value {
    let all = client.stats().to_json(Language::Rust);
    let told = names.iter().map(|name| match (name.as_str(), &all[name]) {
        ("operations", Value::Object(operations)) => (name.clone(), counts(operations)),
        (_, value) => (name.clone(), value.clone()),
    });
    Value::Object(told.collect())
}

/// The calls and the errors of each operation.
fn counts(operations: &Map<String, Value>) -> Value {
    let each = operations.iter().map(|(id, of)| {
        let counts = json!({"calls": of["calls"], "errors": of["errors"]});
        (id.clone(), counts)
    });
    Value::Object(each.collect())
}

/// Checks the client: whether all is well, and each finding that says otherwise.
pub(crate) fn check(client: &Client, params: &Map<String, Value>) -> Result<Json, Error> {
    let mut options = penbox::CheckOptions::new();
    if let Some(workspace) = params.get("workspace").and_then(Value::as_str) {
        options = options.workspace(workspace);
    }
    let report = client.check_with(&options)?;
    let findings = report.findings().iter();
    let findings: Vec<String> = findings
        .filter(|finding| finding.level != penbox::Level::Ok)
        .map(|finding| format!("{} {}", finding.level, finding.id))
        .collect();
    one(Ok(json!({"ok": report.is_ok(), "findings": findings})))
}
