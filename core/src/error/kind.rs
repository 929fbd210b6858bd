//! The table of error kinds: the one place where a kind, its number, its class and its status are paired.

/// Declares the kinds once; everything else (numbers, names, classes) is read from here.
macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal, $class:literal < $parent:literal, $status:expr; )+) => {
        /// The kind of a failure: a small closed table that every language of the SDK shares.
        ///
        /// Numbers are append-only: they are the `penbox_status` codes of the C library.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorKind {
            $( $(#[doc = $doc])+ $variant = $number, )+
        }

        impl ErrorKind {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$variant),+];

            /// The kind's name, as in JSON and in C: `rate_limit`.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$variant => $name),+ }
            }

            /// The class of Python and Node that stands for this kind: `RateLimitError`.
            #[doc(hidden)]
            pub const fn class(self) -> &'static str {
                match self { $(ErrorKind::$variant => $class),+ }
            }

            /// The class that this class derives from in Python and Node: `APIStatusError`.
            #[doc(hidden)]
            pub const fn parent(self) -> &'static str {
                match self { $(ErrorKind::$variant => $parent),+ }
            }

            /// The HTTP status of this kind, where there is exactly one.
            pub const fn http_status(self) -> Option<u16> {
                match self { $(ErrorKind::$variant => $status),+ }
            }

            /// The meaning of the kind, in a sentence.
            #[doc(hidden)]
            pub const fn doc(self) -> &'static str {
                match self { $(ErrorKind::$variant => concat!($($doc),+)),+ }
            }
        }
    };
}

kinds! {
    /// The client cannot be made: no token, a malformed token, a bad URL or setting.
    Config = 1, "config", "ConfigError" < "PenboxError", None;
    /// An argument was refused before anything was sent.
    InvalidArgument = 2, "invalid_argument", "InvalidArgumentError" < "PenboxError", None;
    /// A local file could not be read or written.
    File = 3, "file", "FileError" < "PenboxError", None;
    /// The caller cancelled the call.
    Cancelled = 4, "cancelled", "CancelledError" < "PenboxError", None;
    /// The client was closed.
    Closed = 5, "closed", "ClosedError" < "PenboxError", None;
    /// A fault of the SDK itself: please report it.
    Internal = 6, "internal", "InternalError" < "PenboxError", None;
    /// A webhook's signature or claims did not hold.
    Webhook = 7, "webhook", "WebhookVerificationError" < "PenboxError", None;
    /// The server could not be reached, or the connection broke.
    Connection = 8, "connection", "APIConnectionError" < "APIError", None;
    /// The server's certificate or the TLS handshake was refused.
    Tls = 9, "tls", "TLSError" < "APIConnectionError", None;
    /// A time limit passed; `phase` says which.
    Timeout = 10, "timeout", "APITimeoutError" < "APIError", None;
    /// The answer could not be used: not HTTP, not JSON, wrong shape, too large, cut short, or a redirect.
    Response = 11, "response", "APIResponseError" < "APIError", None;
    /// An HTTP status without a kind of its own.
    Status = 12, "status", "APIStatusError" < "APIError", None;
    /// 400: the request is malformed, or names a template or owner that does not exist.
    BadRequest = 13, "bad_request", "BadRequestError" < "APIStatusError", Some(400);
    /// 401: the token is missing, wrong, expired or revoked.
    Authentication = 14, "authentication", "AuthenticationError" < "APIStatusError", Some(401);
    /// 403: the token has no access to this resource, usually because it belongs to another workspace.
    PermissionDenied = 15, "permission_denied", "PermissionDeniedError" < "APIStatusError", Some(403);
    /// 404: there is no such object or route.
    NotFound = 16, "not_found", "NotFoundError" < "APIStatusError", Some(404);
    /// 409: the request conflicts with the present state (a step already started, a duplicate).
    Conflict = 17, "conflict", "ConflictError" < "APIStatusError", Some(409);
    /// 413: the body is too large.
    PayloadTooLarge = 18, "payload_too_large", "PayloadTooLargeError" < "APIStatusError", Some(413);
    /// 422: well-formed, but a business rule refuses it.
    UnprocessableEntity = 19, "unprocessable_entity", "UnprocessableEntityError" < "APIStatusError", Some(422);
    /// 429: too many requests; `retry_after` says how long to wait, if the server reported it.
    RateLimit = 20, "rate_limit", "RateLimitError" < "APIStatusError", Some(429);
    /// 5xx: the server failed; it may or may not have acted.
    Server = 21, "server", "ServerError" < "APIStatusError", None;
    /// The form that was waited for can no longer be completed; `reason` says why.
    NotCompleted = 22, "not_completed", "NotCompletedError" < "APIError", None;
}

/// The classes without a kind: they only group others.
pub const BASE_CLASSES: &[(&str, Option<&str>, &str)] = &[
    ("PenboxError", None, "Base of every error this SDK raises."),
    (
        "APIError",
        Some("PenboxError"),
        "Base of everything that went wrong between the client and the server.",
    ),
];

impl ErrorKind {
    /// The kind of an HTTP status that is not a success.
    pub(crate) fn of_status(status: u16) -> ErrorKind {
        let exact = Self::ALL
            .iter()
            .find(|kind| kind.http_status() == Some(status));
        match (exact, status) {
            (Some(kind), _) => *kind,
            // A 5xx without a kind of its own is a failure of the server all the same (RFC 9110, section 15).
            (None, 500..=599) => ErrorKind::Server,
            (None, 400..=499) => ErrorKind::Status,
            // A redirect or a status below 200 is no answer that the API documents.
            _ => ErrorKind::Response,
        }
    }
}

impl serde::Serialize for ErrorKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl std::fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_names_unique() {
        let mut names = std::collections::BTreeSet::new();
        for (index, kind) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(*kind as i32, index as i32 + 1);
            assert!(names.insert(kind.name()));
            assert!(names.insert(kind.class()));
            assert_eq!(kind.to_string(), kind.name());
        }
    }

    #[test]
    fn every_parent_is_a_class() {
        for kind in ErrorKind::ALL {
            let known = BASE_CLASSES.iter().any(|(name, ..)| *name == kind.parent())
                || ErrorKind::ALL.iter().any(|k| k.class() == kind.parent());
            assert!(known, "{} has no parent {}", kind.class(), kind.parent());
        }
    }

    #[test]
    fn statuses_map_to_kinds() {
        assert_eq!(ErrorKind::of_status(429), ErrorKind::RateLimit);
        assert_eq!(ErrorKind::of_status(501), ErrorKind::Server);
        assert_eq!(ErrorKind::of_status(418), ErrorKind::Status);
        assert_eq!(ErrorKind::of_status(302), ErrorKind::Response);
    }
}
