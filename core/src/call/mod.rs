//! The parts that every operation needs: parameters go in; pages, files and documents come out. No file here names an operation.

mod cached;
pub(crate) mod document_pager;
pub(crate) mod filter;
pub(crate) mod input;
pub(crate) mod invoke;
pub(crate) mod json_map;
mod list;
mod look_back;
mod loss_check;
pub(crate) mod operation;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod page_info;
mod page_iteration;
mod page_outline;
pub(crate) mod pager;
pub(crate) mod pagination;
#[cfg(test)]
mod pagination_simulation;
mod prefetch;
pub(crate) mod raw_request;
pub(crate) mod request_builder;
mod slip;
pub(crate) mod transfers;
pub(crate) mod with_response;
