//! The options of a check.

use std::path::{Path, PathBuf};

/// The options of a check.
///
/// ```
/// use penbox::CheckOptions;
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let options = CheckOptions::new().workspace("acme-corp").folder("/srv/app");
/// assert!(client.check_with(&options)?.is_ok());
///
/// let report = client.check_with(&options.workspace("globex"))?;
/// assert!(report.findings().iter().any(|finding| finding.id == "wrong_workspace"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "each method returns the options; they hold once they are given to a check"]
pub struct CheckOptions {
    pub(super) workspace: Option<String>,
    folder: Option<PathBuf>,
}

impl CheckOptions {
    /// No options: the token may be that of any workspace.
    pub fn new() -> CheckOptions {
        CheckOptions::default()
    }

    /// The workspace that the token should open, by its slug or id. Another one is the finding `wrong_workspace`, which lists the
    /// token's own.
    pub fn workspace(mut self, slug: impl Into<String>) -> Self {
        self.workspace = Some(slug.into());
        self
    }

    /// The folder whose `.env` is looked at, instead of the working directory.
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// The folder; none where the process has no working directory any more.
    pub(super) fn folder_to_look_at(&self) -> Option<PathBuf> {
        match &self.folder {
            // Of a relative path the folders above would not be found.
            Some(folder) => std::path::absolute(folder).ok(),
            None => std::env::current_dir().ok(),
        }
    }
}
