//! Webhooks: deliveries of events by Penbox to a receiver of yours, and the check that they come from Penbox.
//!
//! A form that is created with `webhooks` has its events posted to the addresses in it. A [`Verifier`] checks each delivery: its
//! token in `x-pnbx-signature` is signed by the issuer, names this receiver and this method, has not expired, and signs this body.
//!
//! ```
//! use penbox::webhook::Verifier;
//!
//! let verifier = Verifier::new("https://example.com/hooks/penbox")?;
//! // In a receiver: `headers` and the bytes of the body, as they were received.
//! # let headers: Vec<(String, String)> = Vec::new();
//! # let body: &[u8] = b"{}";
//! match verifier.unwrap(&headers, body) {
//!     Ok(event) => println!("{:?}", event.events),
//!     Err(error) => println!("refused: {}", error.reason().unwrap_or_default()),
//! }
//! # Ok::<(), penbox::Error>(())
//! ```
//!
//! The algorithm (`RS256`) and the address of the keys (`.well-known/jwks.json` at the issuer) are inferred: the API's documentation
//! does not name them. Both are settings.

mod algorithm;
mod base64url;
mod builder;
mod checks;
mod claims;
mod clock;
pub(crate) mod decision;
mod digest;
mod event;
mod headers;
mod jwk;
mod jws;
mod key;
mod key_cache;
mod key_fetch;
mod key_set;
mod keys;
mod members;
mod memory_store;
mod public_pem;
mod refusal;
mod replay;
mod reserialised;
mod verifier;

pub use builder::VerifierBuilder;
#[cfg(any(test, fuzzing, feature = "testing"))]
pub use clock::TestClock;
pub use event::{EventName, WebhookEvent};
pub use headers::DeliveryHeaders;
pub use memory_store::MemoryStore;
pub use replay::{ReplayEntry, ReplayStore, StoreError};
pub use verifier::Verifier;
