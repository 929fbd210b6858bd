//! A client's settings: collected by a builder, validated once, then fixed.

mod base_url;
mod builder;
mod ca_cache;
mod ca_roots;
mod errors;
mod hooks;
mod limits;
mod origins;
mod pem;
mod proxy;
mod rate_limit;
mod settings;
mod table;
mod tls_settings;
mod token_setting;
mod validate;
mod values;

pub use builder::ClientBuilder;
pub(crate) use ca_roots::CaRoots;
pub(crate) use origins::{Origin, ProxyOrigin, RootsOrigin};
pub(crate) use proxy::{Login, Proxy, ProxyKind};
pub(crate) use rate_limit::Rate;
pub(crate) use settings::Settings;
pub use table::{SETTINGS, Setting, SettingKind};
pub(crate) use tls_settings::TlsSettings;
