//! The usage of clients, as JSON texts.

use napi_derive::napi;
use penbox_core::bindings::Language;
use penbox_core::process_stats;
use serde_json::Value;

use crate::bridge::Bridge;
use crate::client::NativeClient;

#[napi]
impl NativeClient {
    /// The usage of this client in this process, as a JSON object.
    #[napi]
    pub fn stats(&self) -> String {
        self.client.stats().to_json(Language::Node).to_string()
    }
}

#[napi]
impl Bridge {
    /// The usage of all clients of this process by token, those of its other JavaScript environments included, as a JSON list.
    #[napi]
    pub fn process_stats(&self) -> String {
        let all = process_stats();
        let all = all.iter().map(|stats| stats.to_json(Language::Node));
        all.collect::<Value>().to_string()
    }
}
