//! Signatures on forms.

use crate::call::input::Nothing;
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::output::{open_enum, output};
use crate::call::transfers;
use crate::error::Result;
use crate::files::{Download, File};
use crate::json::SharedStr;

open_enum! {
    /// The status of a signature.
    SignatureStatus {
        /// Waiting for the signer.
        Pending = "pending",
        /// Signed.
        Completed = "completed",
        /// Declined by the signer.
        Declined = "declined",
    }
}

output! {
    /// A signature.
    Signature {
        /// Identifier, a UUID.
        id: SharedStr,
        /// When it was made, ISO 8601.
        created_at: Option<SharedStr>,
        /// When it last changed, ISO 8601.
        updated_at: Option<SharedStr>,
        /// Its name.
        name: Option<SharedStr>,
        /// Its key in the form.
        key: Option<SharedStr>,
        /// Its status.
        status: Option<SignatureStatus>,
        /// How many items or pages are signed.
        items: Option<f64>,
        /// How it is made, such as `electronic` or `qualified`.
        method: Option<SharedStr>,
        /// True if the signed items are merged in one file.
        merge: Option<bool>,
        /// Its cost.
        cost: Option<f64>,
        /// Its language.
        locale: Option<SharedStr>,
    }
}

operations! {
    /// Reads a signature.
    Get = "signatures.get", Get "/signatures/{id}", Safe, None, "/api-reference/signatures/get-signature", Nothing => Signature;

    /// Downloads the signed file, usually a PDF.
    Content = "signatures.download", Get "/signatures/{id}", Safe, None, "/api-reference/signatures/get-signature", Nothing => File,
        returns "application/octet-stream";
}

resource! {
    /// The signatures resource. See [`Client::signatures`](crate::Client::signatures).
    Signatures
}

impl Signatures<'_> {
    /// Reads a signature. Safe to repeat. Ids come from a form's responses (inferred).
    ///
    /// Source: `/api-reference/signatures/get-signature`.
    ///
    /// ```
    /// use penbox::SignatureStatus;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # use penbox_sandbox::{CompletionSignature, FormCompletion};
    /// # let form = client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
    /// # let signature = Some(CompletionSignature { key: "contract".to_owned(), name: None });
    /// # let done = FormCompletion { signature, ..FormCompletion::default() };
    /// # let id = sandbox.complete_form(&form.id, done)?.signature_id.unwrap();
    /// let signature = client.signatures().get(&id)?;
    /// assert_eq!(signature.status, Some(SignatureStatus::Completed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`Authentication`](crate::ErrorKind::Authentication),
    /// [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a failed connection.
    pub fn get(&self, id: &str) -> Result<Signature> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }

    /// Downloads the signed file, usually a PDF. Safe to repeat.
    ///
    /// Source: `/api-reference/signatures/get-signature`.
    ///
    /// ```
    /// use penbox::Download;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # use penbox_sandbox::{CompletionSignature, FormCompletion};
    /// # let form = client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
    /// # let signature = Some(CompletionSignature { key: "contract".to_owned(), name: None });
    /// # let done = FormCompletion { signature, ..FormCompletion::default() };
    /// # let id = sandbox.complete_form(&form.id, done)?.signature_id.unwrap();
    /// let signed = client.signatures().download(&id, Download::memory())?;
    /// assert_eq!(signed.content_type.as_deref(), Some("application/pdf"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`File`](crate::ErrorKind::File) for a target that exists or cannot be written, before anything is sent; the kinds of
    /// [`get`](Signatures::get).
    pub fn download(&self, id: &str, to: Download<'_>) -> Result<File> {
        transfers::download::<Content>(self.sender, &[id], Nothing, to, self.options)
    }
}
