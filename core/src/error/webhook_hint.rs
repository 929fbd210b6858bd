//! The hints of deliveries that are refused: a next step for each reason.

use super::reason::Reason;

/// The next step for the receiver of a delivery that is refused for this reason.
pub(super) fn of(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::Digest => {
            "Give the bytes of the body as they were received, before any framework parses them: JSON that is parsed and written again is another text. If they are those bytes, something between Penbox and this receiver changed them."
        }
        Reason::DigestMissing => {
            "Deliveries have a header Digest: SHA-512=.. (documented). See that the proxy in front of this receiver passes it on."
        }
        Reason::Signature => {
            "The request was not made by the issuer, or was changed on its way. If it came from Penbox, see that the keys are those of the environment that sent it."
        }
        Reason::SignatureMissing => {
            "Deliveries have a header x-pnbx-signature. Either this is no delivery of Penbox, or a proxy in front of this receiver drops the header."
        }
        Reason::Audience => {
            "Give the verifier the address exactly as it was given to Penbox in the form's webhooks: scheme, host, port, path and slash at the end. Behind a proxy that is the public address, not the one that the framework shows. A delivery to another address must be refused."
        }
        Reason::Issuer => {
            "Give the verifier the issuer of the environment that sends, with its slash at the end. Production's is https://connect.penbox.io/."
        }
        Reason::Expired => {
            "A delivery that was recorded, or came late, is refused. If it was sent just now, set this machine's clock, or raise the leeway."
        }
        Reason::NotYet => "Set this machine's clock, or raise the leeway.",
        Reason::Method => {
            "Let the receiver accept deliveries by the verifier's method only, or give the verifier the method that Penbox uses."
        }
        Reason::UnknownKey => {
            "A key that the issuer has just made known is found within 30 s. Pinned keys have to be changed by hand. Anything else was not signed by the issuer."
        }
        Reason::WeakKey => {
            "Such a key can be broken, so nothing that it signs is accepted. Tell Penbox's support."
        }
        Reason::Algorithm => {
            "The verifier accepts RS256 unless it is told otherwise. Add another algorithm only if Penbox says that it signs by it; \"none\" and shared secrets are never accepted."
        }
        Reason::Critical => {
            "Such a token cannot be verified. If it came from Penbox, update this SDK."
        }
        Reason::Header => "Penbox sends no such request: refuse it.",
        Reason::Replayed => {
            "Answer it like the first time, with a status of 2xx, or it is sent again. A receiver that failed after it accepted a delivery must make the verifier forget it."
        }
        Reason::Malformed => {
            "Either this is no delivery of Penbox, or its form has changed: then update this SDK."
        }
        Reason::ReplayStore => {
            "Answer with a status of 5xx, so that the delivery is sent again, and see to the store."
        }
        Reason::Decode => {
            "The sender is Penbox, but the body is no event. Update this SDK, or verify alone and read the body yourself."
        }
        _ => return None,
    })
}
