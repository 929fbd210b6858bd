//! A failed call as a line for a shell, so that it can be made again without the SDK (Authentication page, "Test with cURL").

use super::curl_request::CurlRequest;
use super::error_type::Error;

impl Error {
    /// The failed call as a line for a shell: `curl` with the method, the whole address and the headers. The token is
    /// `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's file from `FILE`), since bodies hold contacts. The
    /// address has its query, which may name a contact. Extra headers of the call are left out. Absent where no request was
    /// made.
    pub fn curl(&self) -> Option<String> {
        self.request().map(CurlRequest::line)
    }
}
