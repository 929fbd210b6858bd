//! The check of a client, and that of settings of which none may be made.

use super::Client;
use crate::check::{CheckOptions, Report, check, check_of_error, curl_request};
use crate::config::ClientBuilder;
use crate::error::{CurlRequest, Result};
use crate::send::CallOptions;

impl Client {
    /// Checks the token, the settings, the connection and the clock, and says of each finding what to do. It sends one
    /// `GET /workspaces` and no more; a call that fails is a finding and no error. The report can be pasted anywhere.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let report = client.check()?;
    /// println!("{report}");
    /// assert!(report.is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) for a closed client, and
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) where the caller ended the call.
    pub fn check(&self) -> Result<Report> {
        self.check_with(&CheckOptions::new())
    }

    /// The same with options, such as the workspace that the token should open.
    ///
    /// ```
    /// use penbox::CheckOptions;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let report = client.check_with(&CheckOptions::new().workspace("globex"))?;
    /// for finding in report.findings().iter().filter(|finding| finding.fix.is_some()) {
    ///     println!("{}: {}", finding.id, finding.message);
    /// }
    /// # assert!(!report.is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`check`](Client::check).
    pub fn check_with(&self, options: &CheckOptions) -> Result<Report> {
        self.check_called(&CallOptions::new(), options)
    }

    /// The same with options of the call, for the bindings.
    ///
    /// # Errors
    /// As for [`check`](Client::check).
    #[doc(hidden)]
    pub fn check_called(
        &self,
        call_options: &CallOptions,
        options: &CheckOptions,
    ) -> Result<Report> {
        self.sender()
            .block(self.resumable_check(call_options, options))
    }

    /// The same as [`check_called`](Client::check_called), for the pool.
    ///
    /// # Errors
    /// As for [`check`](Client::check).
    #[doc(hidden)]
    pub async fn resumable_check(
        &self,
        call_options: &CallOptions,
        options: &CheckOptions,
    ) -> Result<Report> {
        let call_options = self.options.with(call_options.clone());
        check(self.sender(), &call_options, options).await
    }

    /// The call that a check makes, for its curl line.
    pub(super) fn check_request(&self) -> Result<CurlRequest> {
        curl_request(self.sender(), &self.options)
    }
}

impl ClientBuilder {
    /// Makes a client and checks it. Where no client can be made, that is the finding: no token, a malformed one, a setting that is
    /// not valid.
    ///
    /// ```
    /// use penbox::{CheckOptions, Client};
    ///
    /// let report = Client::builder().token("Bearer pnbx_example").check(&CheckOptions::new());
    /// assert!(!report.is_ok());
    /// assert_eq!(report.findings()[0].id, "token_malformed");
    /// ```
    pub fn check(self, options: &CheckOptions) -> Report {
        let language = self.package_language();
        let checked = self.build().and_then(|client| client.check_with(options));
        checked.unwrap_or_else(|error| check_of_error(&error, language, options))
    }
}
