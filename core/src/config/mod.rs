//! A client's settings: collected by a builder, judged once, then fixed.

mod base_url;
mod builder;
mod refusal;
mod settings;
mod table;

pub use builder::ClientBuilder;
pub(crate) use settings::Settings;
pub use table::{SETTINGS, Setting, SettingKind};
