//! The body of an error as JSON.

use serde_json::Value;

use super::error_type::Error;

impl Error {
    /// The answer's body as JSON; none where it is not JSON, or longer than an error keeps.
    ///
    /// ```no_run
    /// # let client = penbox::Client::from_env()?;
    /// if let Err(error) = client.forms().get("8b0f3a52") {
    ///     let body = error.body_json().unwrap_or_default();
    ///     println!("{}", body["message"]);
    /// }
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn body_json(&self) -> Option<Value> {
        serde_json::from_str(self.body()?).ok()
    }
}
