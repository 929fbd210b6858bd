//! Unit tests of programs that use the crate, without a server. Needs the feature `testing`.
//!
//! ```toml
//! [dev-dependencies]
//! penbox = { version = "0.1", features = ["testing"] }
//! ```
//!
//! A [`Script`] holds the answers of a server that is not there, and makes a client that gets them. Calls take the same way as any
//! other: parameters are checked, failures are repeated as the settings say, answers are decoded. Only the network and the clock are
//! replaced, so that no wait takes time. The script keeps the requests.
//!
//! ```
//! use penbox::serde_json::json;
//! use penbox::testing::{Answer, Script};
//! use penbox::{Client, FormCreate, User};
//!
//! /// The function under test.
//! fn invite(client: &Client, email: &str) -> penbox::Result<String> {
//!     let form = client.forms().create(FormCreate::new("client-onboarding").user(User::email(email)))?;
//!     Ok(form.id.into_string())
//! }
//!
//! let script = Script::new().on("forms.create", Answer::json(json!({"id": "f-1"})));
//! assert_eq!(invite(&script.client()?, "john@example.com")?, "f-1");
//! let [request] = &script.requests()[..] else { panic!("one request") };
//! assert_eq!(request.json()["user"]["email"], "john@example.com");
//! # Ok::<(), penbox::Error>(())
//! ```
//!
//! [`error`] makes an error of any kind, for the code that handles errors. A [`Recording`] keeps what a Penbox answered, as a file
//! without tokens and contact data, and is a script again.
//!
//! A test that needs a Penbox with state, or a real socket, has the crate `penbox-sandbox`.

#[cfg(test)]
mod cache;
mod clock;
#[cfg(test)]
mod completion_wait;
mod error_builder;
#[cfg(test)]
mod extraction;
#[cfg(test)]
mod fault_injection;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzz;
#[cfg(any(test, fuzzing))]
mod http_reference;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod pool_bounds;
#[cfg(test)]
mod pool_waits;
mod recording;
mod route;
mod script;
#[cfg(any(test, fuzzing))]
mod scripted_server;
#[cfg(any(test, fuzzing))]
pub(crate) mod simulation;

pub use error_builder::{ErrorBuilder, error};
pub use recording::Recording;
pub use script::{Answer, Script, SentRequest};

pub use crate::webhook::TestClock;
