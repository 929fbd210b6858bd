//! Lists for the other languages: pages as documents, walked by the same rules as typed ones.

use std::fmt;
use std::sync::Arc;

use super::input::check;
use super::invoke::{self, Answer};
use super::list::List;
use super::operation::OperationSpec;
use super::page_info::PageInfo;
use super::page_walk::{Delivery, PageSource, PageWalk};
use super::request_builder;
use super::request_builder::PageOf;
use crate::error::Result;
use crate::json::{Document, Node, NodeKind};
use crate::send::{CallOptions, Sender, json_object};

/// A list, page by page, walked as [`Pager`](crate::Pager) walks it. After an error it is where it was.
pub struct DocumentPager {
    paging: PageWalk<Answer>,
}

/// One page of a list as the server sent it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentPage {
    /// The whole answer.
    pub answer: Answer,
    /// Positions in the page's list of the items that no earlier page had, in order.
    pub fresh: Vec<u32>,
    /// Whether those are all of the page's items.
    pub all_fresh: bool,
    /// Whether the walk ends with this page: asking for another would tell no more.
    pub last: bool,
}

impl DocumentPage {
    fn of(answer: Answer, fresh: &[bool], last: bool) -> DocumentPage {
        let positions = fresh.iter().enumerate().filter(|(_, new)| **new);
        DocumentPage {
            answer,
            fresh: positions.map(|(position, _)| position as u32).collect(),
            all_fresh: !fresh.contains(&false),
            last,
        }
    }

    /// The answer's text, in pieces where it is long and was wanted as text: the page with its first items, then lists of those
    /// that follow. Each piece is to be joined of three parts.
    pub fn chunks(&self) -> Vec<[&str; 3]> {
        let text = self.answer.document.text();
        match &self.answer.outline {
            Some(outline) => outline.chunks(text),
            None => vec![[text, "", ""]],
        }
    }

    /// The page's list.
    pub fn list(&self) -> Node<'_> {
        list_of(self.answer.document.root())
    }

    /// The items that no earlier page had.
    pub fn items(&self) -> Vec<Node<'_>> {
        let items: Vec<Node<'_>> = self.list().items().collect();
        self.fresh
            .iter()
            .filter_map(|position| items.get(*position as usize).copied())
            .collect()
    }

    /// The page's `meta`, if it has one.
    pub fn meta(&self) -> Option<Node<'_>> {
        meta_of(self.answer.document.root())
    }

    /// How many items match over all pages, if the server told.
    pub fn total_count(&self) -> Option<u64> {
        self.meta()?.get("total_count")?.as_u64()
    }
}

impl DocumentPager {
    /// A walk over a list operation, with its parameters as a JSON object. Nothing is sent yet.
    pub(crate) fn new(
        sender: &Arc<Sender>,
        operation: &'static OperationSpec,
        params_json: &str,
        options: CallOptions,
    ) -> Result<DocumentPager> {
        let prepare = || {
            let members = json_object(params_json, "parameters")?;
            let language = sender.settings.language;
            check(&members, operation.params, true, language)?;
            let page = request_builder::page_of(&members, sender.settings.page_size)?;
            request_builder::build(operation, &[], &members, Some(page), &options, language)?;
            Ok((members, page))
        };
        let (members, page) =
            prepare().map_err(|error| invoke::placed(sender, operation, error))?;
        let list = List {
            sender: Arc::clone(sender),
            operation,
            members,
            options,
            size: page.size,
        };
        Ok(DocumentPager {
            paging: PageWalk::new(list, page, None),
        })
    }

    /// The next page, or `None` at the end.
    ///
    /// # Errors
    /// Every kind. The next step asks for the same page again if the error is [`retryable`](crate::Error::retryable), and gives the
    /// error again if it is not.
    pub fn next_page(&mut self) -> Result<Option<DocumentPage>> {
        let given = self.paging.next()?;
        Ok(given.map(|given| {
            let Delivery {
                page,
                fresh,
                is_last,
            } = given;
            DocumentPage::of(page, &fresh, is_last)
        }))
    }

    /// Whether a page is fetched while the one before it is read, in a thread of its own.
    pub fn prefetch(&mut self, wanted: bool) {
        self.paging.prefetch(wanted);
    }

    /// One page by its number, from 1, with all its items and without touching the walk.
    ///
    /// # Errors
    /// Every kind.
    pub fn page(&self, number: u64) -> Result<DocumentPage> {
        let list = &self.paging.list;
        let answer = list.document(list.at(number)?)?;
        let count = match &answer.outline {
            Some(outline) => outline.ids.len(),
            None => list_of(answer.document.root()).len(),
        };
        Ok(DocumentPage::of(answer, &vec![true; count], false))
    }
}

impl PageSource for Answer {
    fn fetch(list: &List, page: PageOf) -> Result<Self> {
        list.document(page)
    }

    fn info(&self, list: &List) -> PageInfo<'_> {
        match &self.outline {
            Some(outline) => told(
                outline.ids.iter().map(Option::as_deref).collect(),
                outline.meta.as_ref().map(Document::root),
            ),
            None => {
                let root = self.document.root();
                let has_id = list.operation.output.has_field("id");
                let ids = list_of(root).items().map(|item| {
                    let id = match has_id {
                        true => item.field("id"),
                        false => item.get("id"),
                    };
                    id.and_then(Node::as_str)
                });
                told(ids.collect(), meta_of(root))
            }
        }
    }
}

/// What a page tells of the list.
fn told<'a>(ids: Vec<Option<&'a str>>, meta: Option<Node<'_>>) -> PageInfo<'a> {
    let number = |name: &str| meta?.get(name)?.as_u64();
    PageInfo {
        ids,
        current_page: number("current_page"),
        total_pages: number("total_pages"),
        total_count: number("total_count"),
        page_size: number("page_size"),
        has_meta: meta.is_some(),
    }
}

fn meta_of(root: Node<'_>) -> Option<Node<'_>> {
    root.get("meta").filter(|meta| !meta.is_null())
}

/// A bare list, or the `data` of a page.
fn list_of(root: Node<'_>) -> Node<'_> {
    match root.kind() {
        NodeKind::Array => root,
        _ => root.get("data").unwrap_or(root),
    }
}

impl fmt::Debug for DocumentPager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentPager")
            .field("operation", &self.paging.list.operation.id)
            .field("next", &self.paging.following())
            .finish_non_exhaustive()
    }
}
