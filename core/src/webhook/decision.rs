//! The verifier for languages with an event loop, which must not wait for keys on its thread, and whose stores of deliveries may be
//! asynchronous.

use std::time::Duration;

use super::headers::DeliveryHeaders;
use super::jws::Jws;
use super::replay::{broken, end, id, replayed};
use super::verifier::{Verifier, object, read_body};
use crate::error::{Error, Reason, Result as CallResult};
use crate::json::Document;
use crate::system;

/// The stack of the thread that fetches keys, as large as that of a thread of the pool: both send a request.
const STACK_BYTES: usize = if cfg!(debug_assertions) { 512 } else { 256 } * 1024;

/// A method of a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// [`Verifier::verify`].
    Verify,
    /// [`Verifier::unwrap`].
    Unwrap,
    /// [`Verifier::forget`].
    Forget,
}

/// A delivery of which a step succeeded.
#[derive(Debug)]
pub struct Decision {
    /// The body; none but for [`Step::Unwrap`].
    pub document: Option<Document>,
    /// The id of the delivery, for a store that the verifier itself does not have.
    pub id: String,
    /// The time for which such a store keeps the id; zero for [`Step::Forget`].
    pub lifetime: Duration,
}

/// The reason for which a step did not succeed.
#[derive(Debug)]
pub enum Undecided {
    /// Keys have to be fetched, or are being fetched.
    NeedsKeys,
    /// The step failed.
    Failed(Error),
}

impl From<Error> for Undecided {
    fn from(error: Error) -> Undecided {
        Undecided::Failed(error)
    }
}

impl Verifier {
    /// Makes a step by the keys that are known. Sends nothing and waits for nothing.
    ///
    /// # Errors
    /// Those of the step's method, and [`Undecided::NeedsKeys`].
    #[doc(hidden)]
    pub fn decide(
        &self,
        step: Step,
        headers: &(impl DeliveryHeaders + ?Sized),
        body: &[u8],
    ) -> Result<Decision, Undecided> {
        let checks = &*self.0;
        let verify = |jws: &Jws<'_>| match checks.keys.verify_known(jws) {
            Some(decided) => decided.map_err(Undecided::from),
            None => Err(Undecided::NeedsKeys),
        };
        if step == Step::Forget {
            let jws = self.signed(headers, verify)?;
            if let Some(guard) = &checks.guard {
                guard.forget(&jws)?;
            }
            return Ok(Decision {
                document: None,
                id: id(&jws),
                lifetime: Duration::ZERO,
            });
        }
        let (jws, claims) = self.verified_by(headers, body, verify)?;
        let now = checks.clock.unix();
        let document = match step {
            Step::Unwrap => Some(read_body(body, object)?),
            _ => None,
        };
        if let (Step::Unwrap, Some(guard)) = (step, &checks.guard) {
            guard.accept(&jws, &claims, now)?;
        }
        Ok(Decision {
            document,
            id: id(&jws),
            lifetime: end(&claims, now).saturating_sub(now),
        })
    }

    /// Verifies a delivery on a thread of its own, for which keys may be fetched, and gives `done` the end. `step` is not made: what a guard
    /// accepts counts, and its caller may have given it up meanwhile.
    ///
    /// # Errors
    /// The system gives no thread.
    #[doc(hidden)]
    pub fn fetch_keys_for(
        &self,
        step: Step,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
        done: impl FnOnce(CallResult<()>) + Send + 'static,
    ) -> CallResult<()> {
        let verifier = self.clone();
        let work = move || {
            let verify = |jws: &Jws<'_>| verifier.0.keys.verify(jws);
            done(match step {
                Step::Forget => verifier.signed(&headers, verify).map(drop),
                _ => verifier.verify(&headers, &body),
            });
        };
        system::spawn("penbox-keys", STACK_BYTES, work).map_err(|error| {
            Error::internal(format!("the system gives no thread: {error}"))
                .with_reason(Reason::Resource)
        })
    }
}

/// The error of a delivery that another store than the verifier's refuses: it is in the store already, or the store failed with this text.
pub fn replay_refusal(failure: Option<String>) -> Error {
    match failure {
        None => replayed(),
        Some(text) => broken(text.into()),
    }
}
