//! Endpoints: what can be asked of the API, one file a resource.

pub(crate) mod ahead;
pub(crate) mod count;
pub(crate) mod document_pager;
pub(crate) mod extract;
pub(crate) mod files;
pub(crate) mod filter;
pub(crate) mod input;
pub(crate) mod invoke;
pub(crate) mod list;
pub(crate) mod look_back;
pub(crate) mod operation;
pub(crate) mod outline;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod pager;
pub(crate) mod paging;
pub(crate) mod registry;
pub(crate) mod request;
pub(crate) mod sound;
pub(crate) mod told;
pub(crate) mod walk;
#[cfg(test)]
mod walk_worlds;

pub(crate) mod attachments;
pub(crate) mod case_templates;
pub(crate) mod cases;
pub(crate) mod document_intelligence;
pub(crate) mod form_templates;
pub(crate) mod forms;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub(crate) mod responses;
pub(crate) mod signatures;
pub(crate) mod workspaces;
