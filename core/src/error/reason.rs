//! The table of reasons: the finer causes within a kind of error.

/// Declares the reasons once; the contract and every language read them from here.
macro_rules! reasons {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal; )+) => {
        /// A finer cause within an [`ErrorKind`](super::ErrorKind).
        ///
        /// The names are append-only: programs branch on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(
            not(any(test, fuzzing, feature = "testing")),
            expect(dead_code, reason = "only `testing` makes errors of the reason `not_recorded`")
        )]
        pub(crate) enum Reason {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl Reason {
            /// The name used in every language: `dns`, `truncated`.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Reason::$variant => $name),+ }
            }

            /// The reason of this name.
            #[cfg(any(test, fuzzing, feature = "testing"))]
            pub(crate) fn named(name: &str) -> Option<Reason> {
                match name { $($name => Some(Reason::$variant),)+ _ => None }
            }
        }

        /// Every reason that [`Error::reason`](super::Error::reason) can give, with its meaning.
        pub const REASONS: &[(&str, &str)] = &[$( ($name, concat!($($doc),+)) ),+];
    };
}

reasons! {
    /// The host name could not be resolved.
    Dns = "dns";
    /// The connection was refused: nothing listens at the address.
    Refused = "refused";
    /// The connection broke during the TLS handshake.
    Tls = "tls";
    /// The proxy refused, did not answer, or its connection broke.
    Proxy = "proxy";
    /// The connection was reset before an answer came.
    Reset = "reset";
    /// The connection was closed before an answer came.
    Closed = "closed";
    /// The answer is not valid HTTP, or its status is none that the API documents for this call.
    Protocol = "protocol";
    /// The answer's body ended before its end.
    Truncated = "truncated";
    /// The answer is larger than `max_response_bytes`, or a file in memory than `max_download_bytes`.
    TooLarge = "too_large";
    /// The answer's body is damaged, is no JSON, or has not the documented shape.
    Decode = "decode";
    /// The server answered with a redirect, which is never followed: it would carry the token elsewhere.
    Redirect = "redirect";
    /// The server repeats a page, so that a list would never end.
    PaginationLoop = "pagination_loop";
    /// A download was answered with something that is not the file.
    ContentType = "content_type";
    /// A download was answered with a part of the file.
    Partial = "partial";
    /// A 429 told this client to wait for longer than the call accepts, so nothing was sent.
    Paused = "paused";
    /// The target of a download exists, and it was not to be overwritten.
    Exists = "exists";
    /// The system gave no thread or no memory.
    Resource = "resource";
    /// The recording or script of a test has no answer left to the request.
    NotRecorded = "not_recorded";
    /// No source has a token.
    TokenMissing = "token_missing";
    /// The `token_command` could not be started.
    CommandNotStarted = "command_not_started";
    /// The `token_command` did not end within 10 s and was killed.
    CommandTimeout = "command_timeout";
    /// The `token_command` ended with a failure.
    CommandFailed = "command_failed";
    /// The `token_command` printed nothing.
    CommandEmpty = "command_empty";
    /// The `token_command` printed more than one line.
    CommandLines = "command_lines";
    /// The `token_command` wrote a token to its standard error.
    CommandStderr = "command_stderr";
    /// The `token_provider` raised an error.
    ProviderFailed = "provider_failed";
    /// The `token_provider` returned nothing.
    ProviderEmpty = "provider_empty";
    /// The `token_provider` returned something that is no text.
    ProviderType = "provider_type";
    /// The `token_provider` did not answer in time.
    ProviderTimeout = "provider_timeout";
    /// The `token_provider` called the client that waits for its token.
    ProviderLoop = "provider_loop";
    /// The file that `PENBOX_API_TOKEN_FILE` names cannot be read.
    TokenFile = "token_file";
    /// The text that was given as a token, or that the `token_provider`, the `token_command` or the token's file gave, can be none.
    TokenMalformed = "token_malformed";
    /// No client belongs to the workspace.
    UnknownWorkspace = "unknown_workspace";
    /// The hook `on_request` ended the call.
    Hook = "hook";
    /// The body of a webhook's delivery is not the one that was signed, or its `Digest` header has another digest.
    Digest = "digest";
    /// A webhook's delivery has no `Digest` header of SHA-512, or its token no claim `digest`.
    DigestMissing = "digest_missing";
    /// The token of a webhook's delivery was not signed by a key of the issuer.
    Signature = "signature";
    /// A webhook's delivery has no `x-pnbx-signature` header.
    SignatureMissing = "signature_missing";
    /// The webhook's delivery is for another address than the verifier's. The message shows both.
    Audience = "audience";
    /// The webhook's delivery is from another issuer than the verifier's. The message shows both.
    Issuer = "issuer";
    /// The webhook's delivery has expired.
    Expired = "expired";
    /// The webhook's delivery is valid only later.
    NotYet = "not_yet";
    /// The webhook's delivery was signed for another HTTP method.
    Method = "method";
    /// The issuer has no key of the name that the token of a webhook's delivery has.
    UnknownKey = "unknown_key";
    /// The key is an RSA key of less than 2,048 bits.
    WeakKey = "weak_key";
    /// The token of a webhook's delivery has an algorithm that is not accepted, or that its key is not for.
    Algorithm = "algorithm";
    /// The token of a webhook's delivery demands an extension (`crit`).
    Critical = "critical";
    /// A header of a webhook's delivery occurs twice, its token has more than 8 KiB, or a member by which a token would choose its key.
    Header = "header";
    /// The webhook's delivery was accepted before.
    Replayed = "replayed";
    /// The token of a webhook's delivery is none, or one of its claims has another type.
    Malformed = "malformed";
    /// The store of the replay guard failed.
    ReplayStore = "replay_store";
    /// The address of a webhook's keys is on plain http, to a host that is not loopback.
    InsecureHttp = "insecure_http";
    /// The contact declined the form that was waited for.
    FormDeclined = "form_declined";
    /// The form that was waited for was archived.
    FormArchived = "form_archived";
    /// The time in which the form that was waited for could be completed is over.
    FormExpired = "form_expired";
    /// The form that was waited for was cancelled (inferred: the API documents no such status).
    FormCancelled = "form_cancelled";
    /// The form that was waited for is no longer there.
    FormDeleted = "form_deleted";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_of_one_style() {
        let mut names = std::collections::BTreeSet::new();
        for (name, doc) in REASONS {
            assert!(names.insert(name), "{name} twice");
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{name}"
            );
            assert!(doc.trim().ends_with('.'), "{name}");
        }
    }

    #[test]
    fn an_error_prints_its_reason_as_the_table_names_it() {
        let error = super::super::Error::internal("x").with_reason(Reason::TooLarge);
        assert!(format!("{error:?}").contains("reason: too_large"));
    }
}
