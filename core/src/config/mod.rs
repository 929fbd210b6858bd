//! A client's settings: collected by a builder, judged once, then fixed.

mod base_url;
mod builder;
mod ca_roots;
mod judge;
mod proxy;
mod rate;
mod refusal;
mod settings;
mod stores;
mod table;
mod trust;

pub use builder::ClientBuilder;
pub(crate) use ca_roots::CaRoots;
pub(crate) use proxy::{Login, Proxy, ProxyKind};
pub(crate) use rate::Rate;
pub(crate) use settings::Settings;
pub use table::{SETTINGS, Setting, SettingKind};
pub(crate) use trust::Trust;
