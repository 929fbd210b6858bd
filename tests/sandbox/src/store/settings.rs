use serde::{Deserialize, Serialize};

/// How the sandbox behaves where the reference leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Answer 401 without `message`.
    pub short_401: bool,
    /// Refuse page numbers and sizes out of range instead of clamping them.
    pub strict_paging: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            short_401: false,
            strict_paging: true,
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
}

impl Settings {
    pub(crate) fn apply(&mut self, patch: SettingsPatch) -> Self {
        self.short_401 = patch.short_401.unwrap_or(self.short_401);
        self.strict_paging = patch.strict_paging.unwrap_or(self.strict_paging);
        *self
    }
}
