//! A local Penbox with state, to develop and test against.
//!
//! It is a second, independent reading of the API reference and has no code in common with the SDK's core.
//! It listens on the loopback address only.
//!
//! ```
//! use penbox_sandbox::{Sandbox, SandboxOptions};
//!
//! let sandbox = Sandbox::start(SandboxOptions::default())?;
//! assert!(sandbox.url().ends_with("/v1"));
//! assert!(sandbox.token().starts_with("pnbx_"));
//! sandbox.stop();
//! # Ok::<(), std::io::Error>(())
//! ```
#![forbid(unsafe_code)]

mod accept;
mod access_line;
mod app;
mod auth;
mod base64;
mod body;
mod breaking;
mod clock;
mod control;
mod disposition;
mod dripping;
mod error;
mod fields;
mod filter;
mod gate;
mod ids;
mod metered;
mod options;
mod paging;
mod pdf;
mod place;
mod query;
mod routes;
mod sandbox;
pub mod seed;
mod sort;
mod store;
mod webhooks;

pub use clock::Clock;
pub use error::ApiError;
pub use options::SandboxOptions;
pub use sandbox::Sandbox;
pub use store::attachments::AttachmentSeed;
pub use store::case_seeding::CaseSeed;
pub use store::cases::ParentStatus;
pub use store::completion::{
    CompletedForm, CompletionFile, CompletionSignature, CompletionUser, FormCompletion,
};
pub use store::faults::{Cut, Fault};
pub use store::forms::FormStatus;
pub use store::planting::{Plant, Planted, PlantedMember, PlantedTemplate, PlantedWorkspace};
pub use store::rate::RateLimit;
pub use store::requests::RequestRecord;
pub use store::seeding::FormSeed;
pub use store::settings::{Settings, SettingsPatch};
pub use store::tokens::{NewToken, TokenInfo};
pub use webhooks::{
    Delivery, DeliveryAttempt, DeliveryState, KeySet, Replay, Tamper, WebhookPatch, WebhookSettings,
};
