//! A failed call as a line for a shell, so that it can be made again without the SDK (Authentication page, "Test with cURL").

use super::curl_request::CurlRequest;
use super::error_type::Error;

impl Error {
    /// The failed call as a line for a shell: `curl` with the method, the whole address and the headers. The token is
    /// `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's file from `FILE`), since bodies hold contacts. The
    /// address has its query, which may name a contact. Extra headers of the call are left out. Absent where no request was
    /// made.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// let line = error.curl().unwrap_or_default();
    /// assert!(line.starts_with("curl") && line.contains("$PENBOX_API_TOKEN"), "{line}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn curl(&self) -> Option<String> {
        self.request().map(CurlRequest::line)
    }
}
