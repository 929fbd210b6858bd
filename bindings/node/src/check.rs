//! The check of a client, and the command `doctor`.

use napi_derive::napi;
use penbox_core::bindings::DoctorRun;
use penbox_core::{CallOptions, CheckOptions, Client};

use crate::bridge::Bridge;
use crate::cancel::NativeCancel;
use crate::client::NativeClient;
use crate::message::Answered;
use crate::{fault, options, settings};

/// The operation that a check calls.
const OPERATION: &str = "workspaces.list";

#[napi]
impl NativeClient {
    /// Starts a check, whose report is sent with this ticket. Returns the payload of an error if it could not be started.
    #[napi]
    pub fn check(
        &self,
        ticket: f64,
        workspace: Option<String>,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Option<String> {
        let options = match options::read(&options, NativeCancel::of(cancel).as_ref()) {
            Ok(options) => self.begun(options, ticket),
            Err(error) => return Some(fault::json(&self.client.placed(OPERATION, error))),
        };
        let channel = self.channel.clone();
        let (client, given) = (self.client.clone(), options.clone());
        let wanted = match workspace {
            Some(slug) => CheckOptions::new().workspace(slug),
            None => CheckOptions::new(),
        };
        let call = async move {
            let report = client.resumable_check(&given, &wanted).await?;
            Ok(Some(Answered::text(report.to_json_with_text())))
        };
        let done = move |end| channel.finish(ticket, end);
        self.client.start(OPERATION, &options, call, done);
        None
    }
}

#[napi]
impl Bridge {
    /// Runs the command `doctor`: its exit code and its texts for standard output and standard error, as a JSON list. It waits on
    /// the JavaScript thread, for its process does nothing else. `environment` has names and values in turn.
    #[napi]
    pub fn doctor(
        &self,
        program: String,
        arguments: Vec<String>,
        environment: Vec<String>,
    ) -> String {
        let builder = Client::builder()
            .language("node")
            .with_environment(settings::pairs(environment));
        let run = DoctorRun::new(builder, &program, arguments, &CallOptions::new());
        let (code, output, error) = match run {
            Ok(run) => (run.code, run.output, run.error),
            Err(error) => (1, String::new(), format!("{error}\n")),
        };
        serde_json::json!([code, output, error]).to_string()
    }
}
