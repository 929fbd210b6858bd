//! The operations of the Rust testee that move a file.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use penbox::{AttachmentMerge, Client, Download, Error, Upload};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// A file to send, or where to put one.
#[derive(serde::Deserialize)]
pub(crate) struct Place {
    way: String,
    path: PathBuf,
    #[serde(default)]
    overwrite: bool,
}

/// What the progress callback does, and what it was told.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) wish: Option<String>,
    pub(crate) told: Vec<(u64, Option<u64>)>,
}

impl Watch {
    fn hear(&mut self, moved: u64, total: Option<u64>) -> ControlFlow<()> {
        self.told.push((moved, total));
        match self.wish.as_deref() {
            Some("cancel") => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

pub(crate) fn upload(
    client: &Client,
    params: &Map<String, Value>,
    file: &Place,
    watch: &mut Watch,
) -> Result<Box<RawValue>, Error> {
    let mut upload = match file.way.as_str() {
        "path" => Upload::path(&file.path),
        "bytes" => Upload::bytes(fs::read(&file.path).map_err(own)?, ""),
        _ => Upload::reader(fs::File::open(&file.path).map_err(own)?, None, ""),
    };
    for (name, value) in params {
        let value = value.as_str().unwrap_or_default();
        upload = match name.as_str() {
            "name" => upload.name(value),
            "type" => upload.mime_type(value),
            "scope" => upload.scope(value),
            "company" => upload.company(value),
            _ => return Err(Error::invalid_argument(format!("no setter for {name}"))),
        };
    }
    if watch.wish.is_some() {
        upload = upload.on_progress(|moved, total| watch.hear(moved, total));
    }
    super::one(client.attachments().upload(upload))
}

pub(crate) fn download(
    client: &Client,
    (operation, id, params): (&str, &str, &str),
    to: &Place,
    watch: &mut Watch,
) -> Result<Value, Error> {
    let mut into = match to.way.as_str() {
        "memory" => Download::memory(),
        "writer" => Download::writer(fs::File::create(&to.path).map_err(own)?),
        _ => Download::to(&to.path).overwrite(to.overwrite),
    };
    if watch.wish.is_some() {
        into = into.on_progress(|moved, total| watch.hear(moved, total));
    }
    let file = match operation {
        "attachments.download" => client.attachments().download(id, into),
        "attachments.download_merged" => {
            let params = AttachmentMerge::from_json(params)?;
            client.attachments().download_merged(params, into)
        }
        "responses.download_pdf" => client.responses().download_pdf(id, into),
        _ => client.signatures().download(id, into),
    }?;
    if let Some(content) = &file.content {
        fs::write(&to.path, content).map_err(own)?;
    }
    Ok(json!({
        "path": file.path,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
    }))
}

/// A failure of the testee itself.
fn own(error: std::io::Error) -> Error {
    Error::internal(error.to_string())
}
