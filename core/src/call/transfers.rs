//! Operations that move a file, by their type from Rust and by their id from the other languages.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::input::{Input, check};
use super::invoke::{self, Answer};
use super::operation::{self, Operation, OperationSpec, Transfer};
use super::request_builder;
use crate::error::{Error, Result};
use crate::files::{Download, File, Stream, Upload, multipart};
use crate::json::decode::Read;
use crate::send::{CallOptions, Received, Sender, json_object};

/// Sends a file with the operation's parameters as a JSON object.
pub(crate) async fn untyped_upload(
    sender: &Sender,
    operation: &'static OperationSpec,
    params_json: &str,
    upload: Upload<'_>,
    options: &CallOptions,
) -> Result<Answer> {
    refuse_other_transfer(operation, Transfer::Upload)?;
    let mut members = members_of(&upload);
    let prepare = || {
        // An explicit parameter counts before what the upload says of itself.
        members.extend(json_object(params_json, "parameters")?);
        upload.check_name(members.get("name"))?;
        check(&members, operation.params, true, sender.settings.language)?;
        Ok(members)
    };
    let members = prepare().map_err(|error| invoke::placed(sender, operation, error))?;
    let answer = send_file(sender, operation, members, upload, options, |received| {
        invoke::answer(sender, operation, received, options.as_text)
    });
    invoke::with_response(answer.await, options)
}

/// Fetches a file with the operation's parameters, those of the path included, as a JSON object.
pub(crate) async fn untyped_download(
    sender: &Sender,
    operation: &'static OperationSpec,
    params_json: &str,
    to: Download<'_>,
    options: &CallOptions,
) -> Result<File> {
    refuse_other_transfer(operation, Transfer::Download)?;
    let prepare = || {
        let mut members = json_object(params_json, "parameters")?;
        let language = sender.settings.language;
        let path = request_builder::take_path(operation, &mut members, language)?;
        check(&members, operation.params, true, language)?;
        Ok((path, members))
    };
    let (path, members) = prepare().map_err(|error| invoke::placed(sender, operation, error))?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    fetch_file(sender, operation, &path, &members, to, options).await
}

/// Refuses an operation that moves no file this way.
fn refuse_other_transfer(operation: &OperationSpec, transfer: Transfer) -> Result<()> {
    match operation.transfer == transfer {
        true => Ok(()),
        false => Err(Error::invalid_argument(format!(
            "{} is no {}",
            operation.id,
            transfer.name()
        ))),
    }
}

/// Sends a file by an operation's type.
pub(crate) fn upload<O: Operation>(
    sender: &Sender,
    upload: Upload<'_>,
    options: &CallOptions,
) -> Result<O::Output>
where
    O::Output: DeserializeOwned + Read,
{
    let operation = operation::spec::<O>();
    let members = members_of(&upload);
    upload
        .check_name(members.get("name"))
        .and_then(|()| check(&members, operation.params, true, sender.settings.language))
        .map_err(|error| invoke::placed(sender, operation, error))?;
    let decode = |received| invoke::decode(sender, operation, received);
    sender.block(send_file(
        sender, operation, members, upload, options, decode,
    ))
}

/// Fetches a file by an operation's type.
pub(crate) fn download<O: Operation<Output = File>>(
    sender: &Sender,
    path: &[&str],
    params: O::Params,
    to: Download<'_>,
    options: &CallOptions,
) -> Result<File> {
    let operation = operation::spec::<O>();
    let members = params.into_map();
    check(&members, operation.params, false, sender.settings.language)
        .map_err(|error| invoke::placed(sender, operation, error))?;
    sender.block(fetch_file(sender, operation, path, &members, to, options))
}

/// Returns the upload's own parameters under the names of the API.
fn members_of(upload: &Upload<'_>) -> Map<String, Value> {
    let given = [
        ("name", upload.file_name()),
        ("type", upload.mime_type.clone()),
        ("scope", upload.scope.clone()),
        ("company", upload.company.clone()),
    ];
    given
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
        .collect()
}

/// Validates the form's parts, checks the file and sends both.
async fn send_file<T>(
    sender: &Sender,
    operation: &'static OperationSpec,
    members: Map<String, Value>,
    upload: Upload<'_>,
    options: &CallOptions,
    decode: impl FnMut(Received) -> Result<T>,
) -> Result<T> {
    let prepare = || {
        let language = sender.settings.language;
        let mut request =
            request_builder::build(operation, &[], &members, None, options, language)?;
        let texts = members
            .iter()
            .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        request.form = texts.flatten().collect();
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let name = text("name").unwrap_or_default();
        let mime_type = text("type").unwrap_or_else(|| multipart::mime_type(name));
        if mime_type.is_empty() || !mime_type.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(Error::invalid_argument(
                "the parameter type must be a MIME type such as application/pdf",
            ));
        }
        let fields: Vec<(&str, &str)> = text("scope")
            .map(|scope| ("scope", scope))
            .into_iter()
            .collect();
        // A line break would end the part's value in the form.
        if fields.iter().any(|(_, value)| value.contains(['\r', '\n'])) {
            return Err(Error::invalid_argument(
                "the parameter scope must be public or restricted",
            ));
        }
        let frame = multipart::Frame::new(&fields, name, mime_type)?;
        let content_type = frame.content_type.clone();
        let stream = Stream::new(frame, upload)?;
        Ok((request, content_type, stream))
    };
    let (request, content_type, stream) =
        prepare().map_err(|error| invoke::placed(sender, operation, error))?;
    sender
        .upload(&request, &content_type, stream, options, decode)
        .await
}

/// Checks the target and downloads a file into it. A target that cannot be written is reported before anything is sent.
async fn fetch_file(
    sender: &Sender,
    operation: &'static OperationSpec,
    path: &[&str],
    members: &Map<String, Value>,
    to: Download<'_>,
    options: &CallOptions,
) -> Result<File> {
    let (language, most) = (sender.settings.language, sender.settings.max_download_bytes);
    let (request, sink) = request_builder::build(operation, path, members, None, options, language)
        .and_then(|request| Ok((request, to.sink(most, options.into_memory)?)))
        .map_err(|error| invoke::placed(sender, operation, error))?;
    // The name of the file where the server gives none: the id, or for a merge, whose path has no id, a name of our own.
    let fallback = path.first().copied().unwrap_or("merged.pdf");
    sender.download(&request, sink, fallback, options).await
}
