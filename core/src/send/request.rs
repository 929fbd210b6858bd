//! A prepared request: a route with its values filled in.

use bytes::Bytes;

/// The HTTP methods that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// HEAD, which no operation uses.
    Head,
    /// PUT, which no operation uses.
    Put,
    /// DELETE, which no operation uses.
    Delete,
}

impl Method {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Head => "HEAD",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }

    /// Reports whether parameters are sent in a body and not in the query.
    pub(crate) const fn has_body(self) -> bool {
        matches!(self, Method::Post | Method::Patch | Method::Put)
    }

    /// Reports whether the method may change something: all but those that RFC 9110, section 9.2.1, calls safe.
    pub(crate) const fn acts(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }

    pub(crate) fn to_http(self) -> http::Method {
        match self {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Patch => http::Method::PATCH,
            Method::Head => http::Method::HEAD,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
        }
    }
}

/// The effect of sending a request twice: it decides what may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Safety {
    /// The request only reads.
    Safe,
    /// The request sets values: twice is the same as once.
    Idempotent,
    /// The request may act twice: two objects, two messages.
    Unsafe,
}

impl Safety {
    /// The name in the specification.
    pub const fn name(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Idempotent => "idempotent",
            Safety::Unsafe => "unsafe",
        }
    }
}

/// The `Accept` of everything but files.
pub(crate) const JSON: &str = "application/json";

/// A request without its origin, headers and token.
pub(crate) struct PreparedRequest {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    /// The path template, for errors: never with values.
    pub(crate) path: &'static str,
    pub(crate) safety: Safety,
    /// Path and query, starting with a slash.
    pub(crate) path_and_query: String,
    /// The JSON body.
    pub(crate) body: Option<Bytes>,
    /// The fields of the form that goes with a file.
    pub(crate) form: Vec<(String, String)>,
    /// The `Accept` header: the type of the answer.
    pub(crate) accept: &'static str,
    /// Leave out the base64 content of an attachment's JSON while it is read.
    pub(crate) skip_data: bool,
}
