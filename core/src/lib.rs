//! Client for the [Penbox](https://www.penbox.io) API: forms, cases and documents, with a stated outcome on every error.
//!
//! ```
//! use penbox::{Client, FormCreate, FormList, User};
//!
//! # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
//! # let settings = Client::builder().token(sandbox.token()).base_url(sandbox.url());
//! # let client = settings.build()?;
//! # /*
//! let client = Client::from_env()?;
//! # */
//! let form = client.forms().create(FormCreate::new("client-onboarding").user(User::email("john@example.com")))?;
//! for form in client.forms().list(FormList::default().completed(false)) {
//!     println!("{}", form?.id);
//! }
//! let form = client.forms().get(&form.id)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every failure is one [`Error`]. It has an [`ErrorKind`] to branch on, an [`Outcome`] that says whether the request may have
//! acted, and a hint that names the next step.
//!
//! # Inside tokio
//!
//! A call blocks its thread, which would hold a worker of the runtime. It belongs into `spawn_blocking` (`block_in_place` holds a worker,
//! too, while it waits), with a token that ends it when the task is dropped:
//!
//! ```
//! use penbox::{CallOptions, CancelToken, Client, Form};
//!
//! /// Cancels the call when whoever waits for it is dropped, as `tokio::time::timeout` and `select!` do.
//! struct CancelOnDrop(CancelToken);
//!
//! impl Drop for CancelOnDrop {
//!     fn drop(&mut self) {
//!         self.0.cancel();
//!     }
//! }
//!
//! async fn get(client: &Client, id: String) -> penbox::Result<Form> {
//!     let token = CancelToken::new();
//!     let client = client.with_options(CallOptions::new().cancel(&token));
//!     let _guard = CancelOnDrop(token);
//!     let call = tokio::task::spawn_blocking(move || client.forms().get(&id));
//!     call.await.expect("the call does not panic")
//! }
//! # use std::io::Read;
//! # use std::time::Duration;
//! # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("http://{}/v1", server.local_addr()?);
//! # let seen = std::thread::spawn(move || server.accept()?.0.read_to_end(&mut Vec::new()));
//! # let text = "pnbx_".to_owned() + "an-example-for-the-documentation";
//! # let client = Client::builder().token(&text).base_url(url).build()?;
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # let late = runtime.block_on(async { tokio::time::timeout(Duration::from_millis(50), get(&client, "a".to_owned())).await });
//! # assert!(late.is_err());
//! # // The server never answers, so only the cancel closes the connection.
//! # let _ = seen.join().expect("the server does not panic");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Tests
//!
//! With the feature `testing` a unit test has scripted answers instead of a server, and errors of any kind: the module `testing`. The
//! crate `penbox-sandbox` is a local Penbox with state.
//!
//! # Panics
//!
//! No function of the crate panics, but for two of the module `testing` that are given a name which does not exist.
//!
//! # Logs
//!
//! The HTTP and TLS libraries that the crate uses log through the [`log`](https://docs.rs/log) facade. No record of theirs holds
//! the token, at any level: the token enters a request after the HTTP library wrote it. If `TRACE` of the target
//! `ureq_proto::util` is on, the HTTP library prints whole requests and answers, contact data included. A token that an answer
//! repeats is then masked in the answer itself. At `INFO` and above no part of a request or an answer is logged.
//!
//! The crate's own records have the target `penbox`: one line an attempt at `INFO`, with method, path template, status and time,
//! further facts at `DEBUG`, and unusual use and deprecated operations at `WARN`. They hold no value of a request or an answer. What
//! else tells of a client's use is in [`stats`] and [`hooks`].

#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod auth;
#[doc(hidden)]
pub mod bindings;
mod cache;
mod call;
mod cancel;
mod check;
mod client;
mod config;
mod endpoints;
mod error;
mod files;
mod headers;
pub mod hooks;
mod json;
mod language;
mod memory;
mod per_process;
mod pool;
mod schema;
mod send;
pub mod stats;
mod system;
#[cfg(any(test, fuzzing, feature = "testing"))]
pub mod testing;
mod transport;
pub mod webhook;

/// Values that do nothing unless they are used are marked, so that the compiler says so.
///
/// ```no_run
/// #![deny(unused_must_use)]
/// # fn main() -> penbox::Result<()> {
/// let client = penbox::Client::from_env()?;
/// let _ = client.forms().list(penbox::FormList::default().completed(true));
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # fn main() -> penbox::Result<()> {
/// let client = penbox::Client::from_env()?;
/// client.forms().list(penbox::FormList::default().completed(true));
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # fn main() -> penbox::Result<()> {
/// let filter = penbox::FormList::default();
/// filter.completed(true);
/// # Ok(())
/// # }
/// ```
#[cfg(doctest)]
struct MustUse;

/// The examples of the sandbox's own documentation: they need both crates, and the sandbox knows nothing of this one.
#[cfg(doctest)]
#[doc = include_str!("../../tests/sandbox/README.md")]
struct SandboxReadme;

pub use auth::{Auth, Token, TokenSource};
pub use cache::CacheStats;
pub use call::filter::{Condition, Filter, RelatedFilter};
pub use call::json_map::JsonMap;
pub use call::page::{Item, Page, PageMeta};
pub use call::pager::{Pager, Pages, PagesWithResponse};
pub use call::raw_request::RequestOptions;
pub use call::with_response::WithResponse;
pub use cancel::CancelToken;
pub use check::{CheckOptions, Finding, Level, Report};
pub use client::{Client, WorkspaceClients};
pub use config::ClientBuilder;
pub use endpoints::attachments::{
    Attachment, AttachmentMerge, AttachmentMetadata, AttachmentUpload, Attachments, Ids,
};
pub use endpoints::case_templates::{CaseTemplateList, CaseTemplates};
pub use endpoints::cases::{
    ById, Case, CaseContact, CaseContactFilter, CaseContactInput, CaseContactsUpdate, CaseCount,
    CaseCreate, CaseDataUpdate, CaseField, CaseFieldInput, CaseList, CaseOwner, CaseOwnerFilter,
    CaseStep, CaseStepStart, Cases, ParentStatus, WaitingFor,
};
pub use endpoints::count::Count;
pub use endpoints::document_intelligence::{
    Confidence, DocumentIntelligence, ExtractedField, Extraction, ExtractionAttachment,
    ExtractionCreate, ExtractionField, ExtractionResults, ExtractionSource, ExtractionUsage,
    ExtractionValidation,
};
pub use endpoints::form_templates::{
    FormElement, FormStep, FormTemplate, FormTemplateList, FormTemplates,
};
pub use endpoints::forms::{
    Branding, Company, Flow, FlowFilter, Form, FormCount, FormCreate, FormFlow, FormLinks,
    FormList, FormResponse, FormStatus, FormUpdate, FormUser, Forms, Notification,
    NotificationMethod, NotificationStatus, Owner, OwnerFilter, OwnerRef, ResponseUser, Slugs,
    User, UserFilter,
};
pub use endpoints::responses::{ResourceRef, Response, ResponseContact, Responses};
pub use endpoints::signatures::{Signature, SignatureStatus, Signatures};
pub use endpoints::sort_order::SortOrder;
pub use endpoints::workspaces::{
    PageQuery, Workspace, WorkspaceFilter, WorkspaceList, WorkspaceRef, Workspaces,
};
#[doc(hidden)]
pub use error::Payload;
pub use error::{Error, ErrorKind, Outcome, Result};
#[doc(hidden)]
pub use files::Progress;
pub use files::{Download, File, Upload};
pub use headers::Headers;
pub use json::SharedStr;
pub use json::raw::{Json, JsonObject};
#[doc(hidden)]
pub use schema::Described;
pub use send::CallOptions;
/// The JSON library whose values the crate takes and gives.
pub use serde_json;
pub use stats::{Stats, process_stats};
