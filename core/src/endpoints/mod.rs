//! Endpoints: the resources of the API, one file each, and the registry of their operations.

pub(crate) mod count;
pub(crate) mod registry;

pub(crate) mod attachments;
pub(crate) mod case_templates;
pub(crate) mod cases;
pub(crate) mod document_intelligence;
pub(crate) mod form_templates;
pub(crate) mod forms;
mod poll;
pub(crate) mod responses;
pub(crate) mod signatures;
pub(crate) mod sort_order;
pub(crate) mod workspaces;
