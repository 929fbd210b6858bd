//! Attachments: files that go in and come out.

use crate::call::input::{Nothing, input};
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::output::output;
use crate::call::transfers;
use crate::error::Result;
use crate::files::{Download, File, Upload};
use crate::json::SharedStr;
use crate::schema::{Described, Kind};

output! {
    /// A file.
    Attachment {
        /// Identifier, a UUID.
        id: SharedStr,
        /// File name.
        name: Option<SharedStr>,
        /// MIME type.
        type_ = "type": Option<SharedStr>,
        /// `public` or `restricted`.
        scope: Option<SharedStr>,
        /// Size and, for pictures, dimensions.
        metadata: Option<AttachmentMetadata>,
        /// Its address in the API.
        uri: Option<SharedStr>,
    }

    /// Size and dimensions of a file.
    AttachmentMetadata {
        /// Bytes.
        size: Option<u64>,
        /// Pixels; null for what is no picture.
        width: Option<f64>,
        /// Pixels; null for what is no picture.
        height: Option<f64>,
    }
}

/// Ids, sent with commas between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids(Vec<String>);

impl<S: Into<String>> FromIterator<S> for Ids {
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        Ids(ids.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>> Extend<S> for Ids {
    fn extend<I: IntoIterator<Item = S>>(&mut self, ids: I) {
        self.0.extend(ids.into_iter().map(Into::into));
    }
}

impl crate::call::input::Member for Ids {
    fn into_member(self) -> serde_json::Value {
        self.0.into()
    }
}

impl Described for Ids {
    const KIND: Kind = Kind::Commas;
}

input! {
    /// Parameters of `attachments.upload`, besides the file.
    ///
    /// ```
    /// use penbox::AttachmentUpload;
    ///
    /// let params = AttachmentUpload::from_json(r#"{"name": "contract.pdf", "scope": "restricted"}"#)?;
    /// # assert!(AttachmentUpload::from_json(r#"{"title": "contract.pdf"}"#).is_err());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    AttachmentUpload {
        /// File name.
        name: String, required true;
        /// MIME type; guessed from the name unless given.
        type_ = "type": String;
        /// `public` or `restricted`, which is the API's default.
        scope: String;
        /// The workspace's id, where the token covers several (inferred).
        company: String;
    }

    /// Parameters of `attachments.download_merged`.
    ///
    /// ```
    /// use penbox::AttachmentMerge;
    ///
    /// let ids = ["770e8400-e29b-41d4-a716-446655440000", "770e8400-e29b-41d4-a716-446655440001"];
    /// let params = AttachmentMerge::of(ids).filename("contract-and-annex");
    /// # assert_ne!(params, AttachmentMerge::of(ids));
    /// ```
    AttachmentMerge {
        /// The attachments' ids, in the order of the merged file.
        ids: Ids, required true;
        /// Its name, without ending.
        filename: String;
    }
}

impl AttachmentMerge {
    /// These attachments, in this order.
    pub fn of<S: Into<String>>(ids: impl IntoIterator<Item = S>) -> Self {
        Self::empty().ids(ids.into_iter().collect::<Ids>())
    }
}

operations! {
    /// Uploads a file.
    Send = "attachments.upload", Post "/attachments", Unsafe, None,
        "/api-reference/attachments/upload-attachments", AttachmentUpload => Attachment, sends file;

    /// Reads what is known of a file, without its content.
    Get = "attachments.get", Get "/attachments/{id}", Safe, None,
        "/api-reference/attachments/get-attachment", Nothing => Attachment, skips data;

    /// Downloads a file.
    Content = "attachments.download", Get "/attachments/{id}", Safe, None,
        "/api-reference/attachments/get-attachment", Nothing => File, returns "application/octet-stream";

    /// Downloads several files merged in one PDF.
    Merged = "attachments.download_merged", Get "/attachments", Safe, None,
        "/api-reference/attachments/get-attachments-multiple", AttachmentMerge => File, returns "application/pdf";
}

resource! {
    /// The attachments resource. See [`Client::attachments`](crate::Client::attachments).
    Attachments
}

impl Attachments<'_> {
    /// Uploads a file, read while it is sent, in constant memory. Two calls make two attachments, so it may not simply be
    /// repeated.
    ///
    /// Source: `/api-reference/attachments/upload-attachments`, as `multipart/form-data` with a part `file`; where `name`,
    /// `type` and `scope` go in that form is inferred.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let attachment = client.attachments().upload(Upload::bytes(b"hello", "note.txt").scope("restricted"))?;
    /// assert_eq!(attachment.name.as_deref(), Some("note.txt"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`File`](crate::ErrorKind::File) for a file that cannot be read, [`Cancelled`](crate::ErrorKind::Cancelled) by the
    /// progress callback, [`PayloadTooLarge`](crate::ErrorKind::PayloadTooLarge) over 10 GB, and the kinds of a failed
    /// connection.
    pub fn upload(&self, upload: Upload<'_>) -> Result<Attachment> {
        transfers::upload::<Send>(self.sender, upload, self.options)
    }

    /// Reads what is known of a file. Its base64 content, which the server adds below 50 MB, is dropped while the answer
    /// is received and never held: `data` reads as null. Safe to repeat.
    ///
    /// Source: `/api-reference/attachments/get-attachment`.
    ///
    /// ```
    /// use penbox::Upload;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let made = client.attachments().upload(Upload::bytes(b"hello", "note.txt"))?;
    /// let attachment = client.attachments().get(&made.id)?;
    /// assert_eq!(attachment.metadata.and_then(|metadata| metadata.size), Some(5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`PermissionDenied`](crate::ErrorKind::PermissionDenied),
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn get(&self, id: &str) -> Result<Attachment> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }

    /// Downloads a file in constant memory, or into memory. Safe to repeat.
    ///
    /// Source: `/api-reference/attachments/get-attachment`.
    ///
    /// ```
    /// use penbox::{Download, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let attachment = client.attachments().upload(Upload::bytes(b"hello", "note.txt"))?;
    /// let file = client.attachments().download(&attachment.id, Download::memory())?;
    /// assert_eq!(file.content.as_deref(), Some(&b"hello"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`File`](crate::ErrorKind::File) for a target that exists or cannot be written, before anything is sent;
    /// [`Cancelled`](crate::ErrorKind::Cancelled) by the progress callback; the kinds of [`get`](Attachments::get).
    pub fn download(&self, id: &str, to: Download<'_>) -> Result<File> {
        transfers::download::<Content>(self.sender, &[id], Nothing, to, self.options)
    }

    /// Downloads several files merged in one PDF. Safe to repeat.
    ///
    /// Source: `/api-reference/attachments/get-attachments-multiple`. What becomes of files that are neither PDF nor picture is
    /// not documented.
    ///
    /// ```
    /// use penbox::{AttachmentMerge, Download, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let first = client.attachments().upload(Upload::bytes(b"hello", "note.txt"))?;
    /// let second = client.attachments().upload(Upload::bytes(b"world", "more.txt"))?;
    /// let both = AttachmentMerge::of([first.id, second.id]).filename("notes");
    /// let file = client.attachments().download_merged(both, Download::memory())?;
    /// assert!(file.content.unwrap_or_default().starts_with(b"%PDF-"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for ids that are none; the kinds of [`download`](Attachments::download).
    pub fn download_merged(&self, params: AttachmentMerge, to: Download<'_>) -> Result<File> {
        transfers::download::<Merged>(self.sender, &[], params, to, self.options)
    }
}
