//! The operations of the Rust testee that move a file.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use penbox::{Download, Error, File, Upload};
use serde_json::{Map, Value, json};

/// A file to send, or where to put one.
#[derive(Clone, serde::Deserialize)]
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

/// The source of an upload, with the parameters beside it.
pub(crate) fn source<'a>(
    params: &Map<String, Value>,
    file: &Place,
    watch: &'a mut Watch,
) -> Result<Upload<'a>, Error> {
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
    Ok(upload)
}

/// The target of a download.
pub(crate) fn target<'a>(to: &Place, watch: &'a mut Watch) -> Result<Download<'a>, Error> {
    let mut into = match to.way.as_str() {
        "memory" => Download::memory(),
        "writer" => Download::writer(fs::File::create(&to.path).map_err(own)?),
        _ => Download::to(&to.path).overwrite(to.overwrite),
    };
    if watch.wish.is_some() {
        into = into.on_progress(|moved, total| watch.hear(moved, total));
    }
    Ok(into)
}

/// The facts of a fetched file. What came into memory is written to the target's path.
pub(crate) fn facts(file: &File, to: &Place) -> Result<Value, Error> {
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
