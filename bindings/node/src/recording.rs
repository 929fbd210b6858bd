//! A recording for JavaScript.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use penbox_core::testing::{Recording, Script};
use serde_json::{Map, Value};

use crate::channel::Channel;
use crate::client::NativeClient;
use crate::token_requests::TokenRequests;
use crate::watch::Watch;
use crate::{fault, settings};

/// A recording that was read, and the answers of it that are left.
#[napi]
pub struct NativeRecording {
    script: Script,
    channel: Channel,
}

impl NativeRecording {
    pub(crate) fn new(recording: &Recording, channel: Channel) -> NativeRecording {
        NativeRecording {
            script: recording.script(),
            channel,
        }
    }
}

#[napi]
impl NativeRecording {
    /// A client that gets the answers, or the payload of the error. Nothing is read from the environment.
    #[napi]
    pub fn client(&self, settings: String, watch: Option<String>) -> Either<NativeClient, String> {
        fault::either(|| {
            let watch = watch.map(|text| Watch::read(&text)).transpose()?;
            let observer = watch.as_ref().map(|watch| watch.open(self.channel.clone()));
            let builder =
                settings::builder(&settings, Vec::new(), |builder| match (&watch, &observer) {
                    (Some(watch), Some(observer)) => watch.hooks(builder, observer),
                    _ => builder,
                })?;
            let client = self.script.client_of(builder);
            let client = client.map_err(|error| fault::json(&error))?;
            let requests = TokenRequests::default();
            Ok(NativeClient::new(
                client,
                self.channel.clone(),
                requests,
                observer,
            ))
        })
    }

    /// The answers that were not given yet, as a JSON object: their number by what they answer.
    #[napi]
    pub fn left(&self) -> String {
        let left = self.script.left().into_iter();
        let left: Map<String, Value> = left.map(|(name, count)| (name, count.into())).collect();
        Value::Object(left).to_string()
    }
}
