//! The parts of a case that move a file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::content::Content;

/// A file that the call sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileToSend {
    /// How it is handed to the client.
    pub way: SourceWay,
    /// Its name in the source folder.
    pub name: String,
    /// Its bytes; without them there is no such file.
    #[serde(default)]
    pub content: Option<Content>,
}

/// How a file is handed to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceWay {
    /// As a path.
    Path,
    /// As bytes in memory.
    Bytes,
    /// As what can be read: a reader, a callback, a file object, a stream.
    Reader,
}

/// Where the call puts a download.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct To {
    /// What kind of place it is.
    pub way: TargetWay,
    /// The file's name in the target folder, for the way `file`.
    #[serde(default)]
    pub name: Option<String>,
    /// The path as it is given instead of one in the target folder, for the way `file`.
    #[serde(default)]
    pub path: Option<String>,
    /// Whether a file that exists is replaced.
    #[serde(default)]
    pub overwrite: bool,
    /// What lies in the target folder beforehand.
    #[serde(default)]
    pub before: BTreeMap<String, Before>,
}

/// Where a download goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetWay {
    /// Into memory.
    Memory,
    /// To a path.
    File,
    /// Into a folder, under the name that the server gives.
    Folder,
    /// To what can be written: a writer, a callback, a file object, a stream.
    Writer,
}

/// Something that lies in the target folder before the call.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Before {
    /// A symbolic link to this name.
    Link {
        /// What it points to.
        link: String,
    },
    /// A file.
    File(Content),
}

/// What the call does with the progress it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Writes it down.
    Watch,
    /// Cancels at once.
    Cancel,
}

/// One part of a multipart body as it must cross the wire.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedPart {
    /// The field's name.
    pub name: String,
    /// The file name, escaped as it is sent.
    #[serde(default)]
    pub filename: Option<String>,
    /// The content type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// The bytes; without them they are those of the case's file.
    #[serde(default)]
    pub content: Option<Content>,
}

impl FileToSend {
    /// Says what is contradictory.
    pub(crate) fn judge(&self) -> Result<(), String> {
        if self.content.is_none() && self.way != SourceWay::Path {
            return Err("a `file` without `content` can only be given by its path".to_owned());
        }
        plain("file.name", &self.name)
    }
}

impl To {
    /// Says what is contradictory.
    pub(crate) fn judge(&self) -> Result<(), String> {
        let given = usize::from(self.name.is_some()) + usize::from(self.path.is_some());
        if given != usize::from(self.way == TargetWay::File) {
            return Err(
                "`to.name` or `to.path` belongs to the way `file`, and to no other".to_owned(),
            );
        }
        let within = matches!(self.way, TargetWay::File | TargetWay::Folder);
        if !within && (self.overwrite || !self.before.is_empty()) {
            return Err("`overwrite` and `before` belong to a file or a folder".to_owned());
        }
        self.before
            .keys()
            .try_for_each(|name| plain("to.before", name))
    }
}

/// A name within its folder.
fn plain(what: &str, name: &str) -> Result<(), String> {
    match name.is_empty() || name == "." || name == ".." || name.contains('/') {
        true => Err(format!("`{what}` is no name of a file: {name:?}")),
        false => Ok(()),
    }
}
