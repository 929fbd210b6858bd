use serde::{Deserialize, Serialize};

use super::attachments::LARGEST;

/// How the sandbox behaves where the reference leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Answer 401 without `message`.
    pub short_401: bool,
    /// Refuse page numbers and sizes out of range instead of clamping them.
    pub strict_paging: bool,
    /// How long after its creation an extraction has results, in milliseconds of the sandbox's clock.
    pub extraction_delay_ms: u64,
    /// The biggest upload in bytes, above which it is a 413; the documented 10 GB by default.
    pub attachment_limit: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            short_401: false,
            strict_paging: true,
            extraction_delay_ms: 0,
            attachment_limit: LARGEST,
        }
    }
}

/// A change of [`Settings`]; `None` keeps what is set.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsPatch {
    /// See [`Settings::short_401`].
    pub short_401: Option<bool>,
    /// See [`Settings::strict_paging`].
    pub strict_paging: Option<bool>,
    /// See [`Settings::extraction_delay_ms`].
    pub extraction_delay_ms: Option<u64>,
    /// See [`Settings::attachment_limit`].
    pub attachment_limit: Option<u64>,
}

impl Settings {
    pub(crate) fn apply(&mut self, patch: SettingsPatch) -> Self {
        self.short_401 = patch.short_401.unwrap_or(self.short_401);
        self.strict_paging = patch.strict_paging.unwrap_or(self.strict_paging);
        self.extraction_delay_ms = patch
            .extraction_delay_ms
            .unwrap_or(self.extraction_delay_ms);
        self.attachment_limit = patch.attachment_limit.unwrap_or(self.attachment_limit);
        *self
    }
}
