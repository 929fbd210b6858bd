//! How an operation is called: parameters in, pages, files and documents out. It knows no operation by its name.

pub(crate) mod document_pager;
pub(crate) mod filter;
pub(crate) mod input;
pub(crate) mod invoke;
pub(crate) mod list;
pub(crate) mod look_back;
pub(crate) mod loss_check;
pub(crate) mod operation;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod page_info;
pub(crate) mod page_outline;
pub(crate) mod page_walk;
pub(crate) mod pager;
pub(crate) mod pagination;
#[cfg(test)]
mod pagination_worlds;
pub(crate) mod poll;
pub(crate) mod prefetch;
pub(crate) mod request_builder;
pub(crate) mod transfers;
