//! What the Rust testee's verifier of webhooks is given.

use std::time::Duration;

use penbox::Error;
use penbox::webhook::{Verifier, VerifierBuilder};
use serde_json::{Map, Value};

use crate::results::{Json, one};

/// The member `webhook` of a line.
#[derive(serde::Deserialize)]
pub(crate) struct Webhook {
    url: String,
    settings: Map<String, Value>,
    headers: Vec<(String, String)>,
    body: String,
    /// The methods that are called first.
    #[serde(default)]
    before: Vec<String>,
}

impl Webhook {
    /// Calls the method of an operation's id.
    pub(crate) fn run(&self, operation: &str) -> Result<Json, Error> {
        let mut builder = Verifier::builder(&self.url);
        for (name, value) in &self.settings {
            builder = set(builder, name, value)?;
        }
        let verifier = builder.build()?;
        for method in &self.before {
            let _ = self.call(&verifier, method);
        }
        self.call(
            &verifier,
            operation.strip_prefix("webhook.").unwrap_or(operation),
        )
    }

    fn call(&self, verifier: &Verifier, method: &str) -> Result<Json, Error> {
        let body = self.body.as_bytes();
        match method {
            "verify" => one(verifier.verify(&self.headers, body)),
            "unwrap" => one(verifier.unwrap(&self.headers, body)),
            _ => one(verifier.forget(&self.headers)),
        }
    }
}

/// The settings with one more.
fn set(builder: VerifierBuilder, name: &str, value: &Value) -> Result<VerifierBuilder, Error> {
    let text = || value.as_str().unwrap_or_default();
    let time = || Duration::from_millis(value.as_u64().unwrap_or_default());
    let texts = || {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(Value::as_str)
    };
    Ok(match name {
        "issuer" => builder.issuer(text()),
        "method" => builder.method(text()),
        "keys" => builder.keys(text()),
        "keys_url" => builder.keys_url(text()),
        "algorithms" => builder.algorithms(texts()),
        "leeway_ms" => builder.leeway(time()),
        "timeout_ms" => builder.timeout(time()),
        "remember_deliveries" if value == true => builder.remember_deliveries(),
        _ => return Err(Error::internal(format!("no setting for {name}"))),
    })
}
