//! The verifier of deliveries.

use std::fmt;
use std::sync::Arc;

use super::builder::VerifierBuilder;
use super::checks::Checks;
use super::claims::Claims;
use super::event::WebhookEvent;
use super::headers::{DeliveryHeaders, only};
use super::jws::Jws;
use super::{digest, refusal::refused};
use crate::error::{Error, Reason, Result};
use crate::json::{Document, NodeKind, decode};

/// The header of the token.
const SIGNATURE: &str = "x-pnbx-signature";
/// The header of the digest.
const DIGEST: &str = "Digest";

/// The verifier of the deliveries to one address. It checks that a request comes from Penbox, is meant for this address, and is as
/// it was sent.
///
/// Cloning is cheap and shares the keys; a verifier can be used from any number of threads. It needs no API token. The issuer's keys
/// are fetched at the first delivery and kept for ten minutes; all else is done without a request.
///
/// The body must be the bytes that were received. A framework that parses JSON and writes it again changes them.
///
/// ```
/// use penbox::ErrorKind;
/// use penbox::webhook::{DeliveryHeaders, Verifier};
///
/// /// The status to answer a delivery with.
/// fn receive(verifier: &Verifier, headers: &impl DeliveryHeaders, body: &[u8]) -> u16 {
///     match verifier.unwrap(headers, body) {
///         Ok(event) if event.has("responses:completed") => {
///             // Put it into a queue: an answer that takes long is taken for a failure.
///             204
///         }
///         Ok(_) => 204,
///         // Accepted before: Penbox need not repeat it again.
///         Err(error) if error.reason() == Some("replayed") => 204,
///         // The keys could not be fetched, so nothing is known of the delivery. The repeat may find them.
///         Err(error) if error.retryable() || error.kind() != ErrorKind::Webhook => 503,
///         Err(_) => 401,
///     }
/// }
///
/// let verifier = Verifier::new("https://example.com/hooks/penbox")?;
/// assert_eq!(receive(&verifier, &[("content-type", "application/json")], b"{}"), 401);
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
pub struct Verifier(pub(super) Arc<Checks>);

impl Verifier {
    /// A verifier for the deliveries to an address: the whole public one, exactly as it was given to Penbox in a form's `webhooks`,
    /// whatever a proxy makes of it.
    ///
    /// ```
    /// let verifier = penbox::webhook::Verifier::new("https://example.com/hooks/penbox")?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for what is no address.
    pub fn new(url: impl Into<String>) -> Result<Verifier> {
        Verifier::builder(url).build()
    }

    /// Starts the settings of a verifier for the deliveries to an address.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").algorithms(["ES256"]).build()?;
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn builder(url: impl Into<String>) -> VerifierBuilder {
        VerifierBuilder::new(url.into())
    }

    /// Verifies a delivery. It may be called again for the same one: the replay guard is [`unwrap`](Verifier::unwrap)'s.
    ///
    /// ```
    /// # use penbox::{ErrorKind, webhook::Verifier};
    /// let verifier = Verifier::new("https://example.com/hooks/penbox")?;
    /// let error = verifier.verify(&[("Digest", "SHA-512=..")], b"{}").unwrap_err();
    /// assert_eq!((error.kind(), error.reason()), (ErrorKind::Webhook, Some("signature_missing")));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Webhook`](crate::ErrorKind::Webhook) for a delivery that must not be trusted; the reason says why. Where the
    /// issuer's keys could not be fetched, the error is that of the request, and `retryable` if it may pass.
    pub fn verify(&self, headers: &(impl DeliveryHeaders + ?Sized), body: &[u8]) -> Result<()> {
        self.verified(headers, body).map(drop)
    }

    /// Verifies a delivery and reads its body. With a replay guard each delivery is accepted once.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// # fn handle(verifier: &Verifier, headers: &http::HeaderMap, body: &[u8]) -> penbox::Result<()> {
    /// let event = verifier.unwrap(headers, body)?;
    /// if event.has("responses:completed") {
    ///     println!("{:?}", event.request.map(|form| form.id));
    /// }
    /// # Ok(())
    /// # }
    /// # let verifier = Verifier::new("https://example.com/hooks/penbox")?;
    /// # assert!(handle(&verifier, &http::HeaderMap::new(), b"").is_err());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`verify`](Verifier::verify), and the reasons `replayed`, `replay_store`, and `decode` for a signed body that is no
    /// JSON object.
    pub fn unwrap(
        &self,
        headers: &(impl DeliveryHeaders + ?Sized),
        body: &[u8],
    ) -> Result<WebhookEvent> {
        self.unwrap_as(headers, body, |text| decode::from_text(text).ok())
    }

    /// As [`unwrap`](Verifier::unwrap), with the body as the bindings of other languages read it.
    ///
    /// # Errors
    /// Those of [`unwrap`](Verifier::unwrap).
    #[doc(hidden)]
    pub fn unwrap_document(
        &self,
        headers: &(impl DeliveryHeaders + ?Sized),
        body: &[u8],
    ) -> Result<Document> {
        self.unwrap_as(headers, body, object)
    }

    /// Verifies a delivery, reads its body by `read`, and has the guard accept it.
    fn unwrap_as<T>(
        &self,
        headers: &(impl DeliveryHeaders + ?Sized),
        body: &[u8],
        read: impl FnOnce(String) -> Option<T>,
    ) -> Result<T> {
        let (jws, claims) = self.verified(headers, body)?;
        let event = read_body(body, read)?;
        if let Some(guard) = &self.0.guard {
            // Last: a delivery that is refused for another reason is not remembered.
            guard.accept(&jws, &claims, self.0.clock.unix())?;
        }
        Ok(event)
    }

    /// Fetches the issuer's keys, if they are not known: at the start of a program, so that the first delivery does not wait for them,
    /// and a wrong address is found before it comes. With pinned keys it does nothing. It may be called again.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// let builder = Verifier::builder("https://example.com/hooks/penbox").keys_url("http://127.0.0.1:9/keys.json");
    /// assert!(builder.build()?.fetch_keys().is_err());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error is that of the request, and `retryable` if it may pass.
    pub fn fetch_keys(&self) -> Result<()> {
        self.0.keys.prepare()
    }

    /// Forgets that a delivery was accepted, so that its repeat is accepted again: for a receiver that could not do its work. Without
    /// a replay guard it does nothing. It may be called again.
    ///
    /// ```
    /// # use penbox::webhook::Verifier;
    /// # fn work(_: penbox::webhook::WebhookEvent) -> Result<(), String> { Err("the database is away".to_owned()) }
    /// # fn receive(verifier: &Verifier, headers: &http::HeaderMap, body: &[u8]) -> penbox::Result<u16> {
    /// let event = verifier.unwrap(headers, body)?;
    /// Ok(match work(event) {
    ///     Ok(()) => 204,
    ///     Err(_) => {
    ///         verifier.forget(headers)?;
    ///         500
    ///     }
    /// })
    /// # }
    /// # let verifier = Verifier::new("https://example.com/hooks/penbox")?;
    /// # assert!(receive(&verifier, &http::HeaderMap::new(), b"").is_err());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Webhook`](crate::ErrorKind::Webhook) where the headers have no token, or with the reason `replay_store`.
    pub fn forget(&self, headers: &(impl DeliveryHeaders + ?Sized)) -> Result<()> {
        let Some(guard) = &self.0.guard else {
            return Ok(());
        };
        let jws = self.signed(headers, |jws| self.0.keys.verify(jws))?;
        guard.forget(&jws)
    }

    /// The token of a delivery whose signature `verify` accepts: nobody but the issuer may make a guard forget.
    pub(super) fn signed<'a, E: From<Error>>(
        &self,
        headers: &'a (impl DeliveryHeaders + ?Sized),
        verify: impl FnOnce(&Jws<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<Jws<'a>, E> {
        let token = only(headers, SIGNATURE, Reason::SignatureMissing)?;
        let jws = Jws::read(token, &self.0.algorithms)?;
        verify(&jws)?;
        Ok(jws)
    }

    /// Makes the six checks of the API's page on signatures.
    fn verified<'a>(
        &self,
        headers: &'a (impl DeliveryHeaders + ?Sized),
        body: &[u8],
    ) -> Result<(Jws<'a>, Claims)> {
        self.verified_by(headers, body, |jws| self.0.keys.verify(jws))
    }

    /// Makes the six checks, that of the signature by `verify`. The signature comes before the claims, and those before the body: an
    /// error must tell who sent a forged request nothing.
    pub(super) fn verified_by<'a, E: From<Error>>(
        &self,
        headers: &'a (impl DeliveryHeaders + ?Sized),
        body: &[u8],
        verify: impl FnOnce(&Jws<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(Jws<'a>, Claims), E> {
        let checks = &*self.0;
        let token = only(headers, SIGNATURE, Reason::SignatureMissing)?;
        let header = only(headers, DIGEST, Reason::DigestMissing)?;
        let jws = Jws::read(token, &checks.algorithms)?;
        verify(&jws)?;
        let claims = Claims::read(jws.payload(), &checks.expected, checks.clock.unix())?;
        digest::check(body, &claims.digest, header)?;
        Ok((jws, claims))
    }
}

/// Reads a body that was verified by `read`.
///
/// # Errors
/// The reason is `decode`.
pub(super) fn read_body<T>(body: &[u8], read: impl FnOnce(String) -> Option<T>) -> Result<T> {
    let text = String::from_utf8(body.to_vec()).ok();
    text.and_then(read)
        .ok_or_else(|| refused(Reason::Decode, "the body was signed, but is no JSON object"))
}

/// The document of a text that is a JSON object.
pub(super) fn object(text: String) -> Option<Document> {
    let document = Document::parse(text).ok()?;
    (document.root().kind() == NodeKind::Object).then_some(document)
}

impl VerifierBuilder {
    /// Validates the settings and makes the verifier. Sends nothing.
    ///
    /// ```
    /// # use penbox::{ErrorKind, webhook::Verifier};
    /// assert!(Verifier::builder("https://example.com/hooks/penbox").build().is_ok());
    /// let error = Verifier::builder("/hooks/penbox").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), which says what is wrong. The reason is `insecure_http` for keys on plain
    /// http, and `weak_key` for a pinned RSA key of less than 2,048 bits.
    pub fn build(self) -> Result<Verifier> {
        self.validate().map(|checks| Verifier(Arc::new(checks)))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("expected", &self.0.expected)
            .field("algorithms", &self.0.algorithms)
            .field("keys", &self.0.keys)
            .field("guard", &self.0.guard)
            .field("clock", &self.0.clock)
            .finish()
    }
}
