//! The parts of the core that the bindings of C, Python and Node and their generator use. They may change in any version.

pub use crate::auth::{Environment, TokenRequest};
pub use crate::call::document_pager::{DocumentPage, DocumentPager};
pub use crate::call::invoke::Answer;
pub use crate::call::operation::{OperationSpec, Paging, Transfer, parameter_name};
pub use crate::client::{DoctorRun, PageStep, check_workspaces, unknown_workspace};
pub use crate::config::{SETTINGS, Setting, SettingKind};
pub use crate::endpoints::registry::OPERATIONS;
pub use crate::error::{BASE_CLASSES, ErrorMember, MEMBERS, REASONS};
pub use crate::files::{AwaitRead, AwaitWrite, FILE_FACTS, FileFact};
pub use crate::hooks::{HOOKS, Hook};
pub use crate::json::{Document, Events, JsonEvent, Node, NodeKind};
pub use crate::language::Language;
pub use crate::memory::exhausted;
pub use crate::pool::blocking;
pub use crate::schema::{Field, Kind, Model, OpenEnum};
pub use crate::send::mark::{CallMark, current_mark};
pub use crate::send::{CallOption, Method, OPTIONS, Recorder, ResponseInfo, Safety, given};
pub use crate::webhook::decision::{Decision, Step, Undecided, replay_refusal};

/// The clock by which the bindings measure.
pub mod system {
    pub use crate::system::now;
}
