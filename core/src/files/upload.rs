//! The source of an upload: a file, bytes or a reader, with the fields that are sent beside it.

use std::fmt;
use std::io::{Cursor, Read, Seek};
use std::ops::ControlFlow;
#[cfg(unix)]
use std::os::fd::AsFd;
use std::path::PathBuf;

use serde_json::Value;

use crate::error::{Error, Result, name};

#[cfg(unix)]
use super::descriptor::Descriptor;
use super::stall::{AwaitRead, Blocking};

/// A function that is called with the number of bytes moved so far, and with the size of the whole file where it is known. It
/// may cancel the call.
///
/// `Break` cancels the call.
pub type Progress<'a> = Box<dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'a>;

/// A file to upload, with its name, type and scope.
///
/// ```
/// use penbox::Upload;
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let attachment = client.attachments().upload(Upload::bytes(b"hello", "note.txt").scope("restricted"))?;
/// println!("{}", attachment.id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "nothing is uploaded before it is given to a call"]
pub struct Upload<'a> {
    pub(crate) source: Source<'a>,
    /// The file name; none for that of the path.
    pub(crate) name: Option<String>,
    /// The MIME type; none to guess it from the name.
    pub(crate) mime_type: Option<String>,
    /// The scope; none for the API's default.
    pub(crate) scope: Option<String>,
    /// The id of the workspace, where the token covers several (inferred).
    pub(crate) company: Option<String>,
    pub(crate) progress: Option<Progress<'a>>,
    /// The hint for a source that stands at its end, in the words of the caller's language.
    pub(crate) way_back: &'static str,
}

/// The source of the bytes.
pub(crate) enum Source<'a> {
    Path(PathBuf),
    /// A reader that can be read once.
    Reader {
        reader: Box<dyn AwaitRead + 'a>,
        size: Option<u64>,
        after: After,
    },
    /// A reader that can be read again from where it stands.
    Seekable(Box<dyn ReadSeek + 'a>),
}

/// The part of a reader's source that the caller still has after the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The bytes that were not read.
    Rest,
    /// No bytes, whether they were read or not.
    Nothing,
    /// All bytes.
    Whole,
}

/// A reader that can seek.
pub(crate) trait ReadSeek: AwaitRead + Seek {}

impl<T: AwaitRead + Seek> ReadSeek for T {}

impl<'a> Upload<'a> {
    /// An upload without a name and with defaults for the rest.
    fn of(source: Source<'a>) -> Self {
        Upload {
            source,
            name: None,
            mime_type: None,
            scope: None,
            company: None,
            progress: None,
            way_back: "Seek it to 0 first, or to where the file begins.",
        }
    }

    /// The file at a path is read while it is sent, in constant memory. The last part of the path is its name unless another is
    /// given.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("contract.txt");
    /// std::fs::write(&path, "the contract")?;
    /// let attachment = client.attachments().upload(Upload::path(&path))?;
    /// assert_eq!(attachment.name.as_deref(), Some("contract.txt"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Upload::of(Source::Path(path.into()))
    }

    /// Bytes have no name of their own, so one must be given.
    ///
    /// The file is these bytes, owned or borrowed.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let text = String::from("hello");
    /// let borrowed = client.attachments().upload(Upload::bytes(&text, "note.txt"))?;
    /// let owned = client.attachments().upload(Upload::bytes(text, "note.txt"))?;
    /// assert_ne!(borrowed.id, owned.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'a, name: impl Into<String>) -> Self {
        Upload::seekable(Cursor::new(bytes), name)
    }

    /// A source that can seek is read from where it stands to its end, while it is sent, in constant memory. Each further
    /// attempt begins there, too. After an error the source stands there again, and can be given again. One that stands at its
    /// end, after all its bytes, is an `ErrorKind::InvalidArgument` before anything is sent; one without any bytes is a file of
    /// 0 bytes. One that cannot seek after all is read like a stream.
    ///
    /// An example is an open [`File`](std::fs::File). It can be given again as `Upload::seekable(&mut file, ..)`. A stream is read
    /// as by [`reader`](Upload::reader). A file that is a pipe is refused: give it to `Upload::pipe`, so that the call's limits end a
    /// wait for its bytes.
    ///
    /// ```
    /// use std::io::{Seek, SeekFrom, Write};
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let mut file = tempfile::tempfile()?;
    /// file.write_all(b"head: the contract")?;
    /// file.seek(SeekFrom::Start(6))?;
    /// let attachment = client.attachments().upload(Upload::seekable(&mut file, "contract.txt"))?;
    /// assert_eq!(attachment.metadata.and_then(|metadata| metadata.size), Some(12));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seekable(reader: impl Read + Seek + Send + 'a, name: impl Into<String>) -> Self {
        Upload::of(Source::Seekable(Box::new(Blocking(reader)))).name(name)
    }

    /// A stream is read once, while it is sent, in constant memory. After it was read the call makes no further attempt, and
    /// its error is not `retryable`. With a size the request announces its length. So many bytes are read and none beyond,
    /// since a stream may stay open; one that ends before is an `ErrorKind::File`.
    ///
    /// An error of the reader is an [`ErrorKind::File`](crate::ErrorKind::File); one that says `TimedOut` is an
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) of the phase `send`.
    /// While the reader blocks, nothing can end the call: after its time limit, a cancel or the client's close the call returns
    /// when the reader does. `Upload::pipe` can be ended.
    /// See [`seekable`](Upload::seekable) and [`retryable`](Error::retryable).
    ///
    /// ```
    /// use std::io::Read;
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let lines = std::io::repeat(b'x').take(1_000);
    /// let attachment = client.attachments().upload(Upload::reader(lines, Some(1_000), "xs.txt"))?;
    /// assert_eq!(attachment.metadata.and_then(|metadata| metadata.size), Some(1_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reader(
        reader: impl Read + Send + 'a,
        size: Option<u64>,
        name: impl Into<String>,
    ) -> Self {
        Upload::awaited(Blocking(reader), size, name)
    }

    /// A pipe, a socket or any other open descriptor is read once, while it is sent, in constant memory, as by
    /// [`reader`](Upload::reader). A time limit, a cancel or the client's close ends the wait for its bytes.
    ///
    /// Nothing is sent before its first bytes are there. The reader must hold no bytes itself, as a `BufReader` does: give what is
    /// beneath it, such as [`ChildStdout`](std::process::ChildStdout), [`PipeReader`](std::io::PipeReader), an open
    /// [`File`](std::fs::File) that is a pipe, or a socket.
    ///
    /// ```
    /// use std::process::{Command, Stdio};
    /// use penbox::{CallOptions, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let mut echo = Command::new("echo").arg("hello").stdout(Stdio::piped()).spawn()?;
    /// let client = client.with_options(CallOptions::new().timeout(std::time::Duration::from_secs(60)));
    /// if let Some(pipe) = echo.stdout.take() {
    ///     let attachment = client.attachments().upload(Upload::pipe(pipe, "greeting.txt"))?;
    ///     assert_eq!(attachment.metadata.and_then(|metadata| metadata.size), Some(6));
    /// }
    /// echo.wait()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(unix)]
    pub fn pipe(reader: impl Read + AsFd + Send + 'a, name: impl Into<String>) -> Self {
        Upload::awaited(Descriptor(reader), None, name)
    }

    /// A stream of a binding that can say when its bytes are there.
    #[doc(hidden)]
    pub fn awaited(
        reader: impl AwaitRead + 'a,
        size: Option<u64>,
        name: impl Into<String>,
    ) -> Self {
        let reader = Box::new(reader);
        Upload::of(Source::Reader {
            reader,
            size,
            after: After::Rest,
        })
        .name(name)
    }

    /// Uploads from a reader whose source ends with the call, whether it was read or not: a stream of a binding, which can say when
    /// its bytes are there.
    #[doc(hidden)]
    pub fn stream(reader: impl AwaitRead + 'a, size: Option<u64>) -> Self {
        let reader = Box::new(reader);
        Upload::of(Source::Reader {
            reader,
            size,
            after: After::Nothing,
        })
    }

    /// Declares that the caller keeps the source. The same call can be made again, though this reader can be read once only.
    #[doc(hidden)]
    pub fn lasting(mut self) -> Self {
        if let Source::Reader { after, .. } = &mut self.source {
            *after = After::Whole;
        }
        self
    }

    /// Sets the hint for a source that stands at its end, in the words of a binding's language.
    #[doc(hidden)]
    pub fn way_back(mut self, hint: &'static str) -> Self {
        self.way_back = hint;
        self
    }

    /// The name that was given, or the last part of the path.
    pub(crate) fn file_name(&self) -> Option<String> {
        match (&self.name, &self.source) {
            (Some(name), _) => Some(name.clone()),
            // A form holds text, so bytes of the name that are no Unicode become U+FFFD.
            (None, Source::Path(path)) => Some(path.file_name()?.to_string_lossy().into_owned()),
            _ => None,
        }
    }

    /// Checks that the file has a path and a name. `name` is the one that it would be sent with.
    pub(crate) fn check_name(&self, name: Option<&Value>) -> Result<()> {
        let path = match &self.source {
            Source::Path(path) => Some(path),
            _ => None,
        };
        if path.is_some_and(|path| path.as_os_str().is_empty()) {
            let message = "the path of the file to upload is empty";
            return Err(Error::invalid_argument(message).with_hint("Name the file to upload."));
        }
        let message = match name {
            None | Some(Value::Null) => "the parameter name is required",
            Some(Value::String(name)) if name.trim().is_empty() => "the parameter name is empty",
            _ => return Ok(()),
        };
        let hint = match path {
            Some(_) => concat!(
                "The path ends in no name: give one as ",
                name!("upload.name"),
                "."
            ),
            None => concat!(
                "Bytes and streams have no name of their own: give one as ",
                name!("upload.name"),
                "."
            ),
        };
        Err(Error::invalid_argument(message).with_hint(hint))
    }

    /// Sets the attachment's file name.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let file = tempfile::NamedTempFile::new()?;
    /// let attachment = client.attachments().upload(Upload::path(file.path()).name("contract.txt"))?;
    /// assert_eq!(attachment.name.as_deref(), Some("contract.txt"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the MIME type. It is guessed from the name unless given.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let attachment = client.attachments().upload(Upload::bytes(b"{}", "data").mime_type("application/json"))?;
    /// assert_eq!(attachment.type_.as_deref(), Some("application/json"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Sets the scope: `public`, or `restricted`, which is the API's default.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let attachment = client.attachments().upload(Upload::bytes(b"hello", "note.txt").scope("public"))?;
    /// assert_eq!(attachment.scope.as_deref(), Some("public"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets the workspace by its id, where the token covers several (inferred).
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let id = penbox_sandbox::seed::ACME_ID;
    /// client.attachments().upload(Upload::bytes(b"hello", "note.txt").company(id))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn company(mut self, id: impl Into<String>) -> Self {
        self.company = Some(id.into());
        self
    }

    /// A function that is called with the number of bytes moved so far, and with the size of the whole file where it is known.
    /// It may cancel the call.
    ///
    /// `Break` cancels the upload.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let mut moved = 0;
    /// let upload = Upload::bytes(vec![0; 300_000], "data.bin").on_progress(|bytes, size| {
    ///     println!("{bytes} of {size:?}");
    ///     moved = bytes;
    ///     ControlFlow::Continue(())
    /// });
    /// client.attachments().upload(upload)?;
    /// assert_eq!(moved, 300_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_progress(
        mut self,
        progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'a,
    ) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }
}

impl fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
