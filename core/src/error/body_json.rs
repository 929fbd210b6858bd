//! The body of an error as JSON.

use serde_json::Value;

use super::error_type::Error;

impl Error {
    /// The answer's body as JSON; none where it is not JSON, or longer than an error keeps.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// let body = error.body_json().unwrap_or_default();
    /// assert_eq!(body["message"], "Not found");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn body_json(&self) -> Option<Value> {
        serde_json::from_str(self.body()?).ok()
    }
}
