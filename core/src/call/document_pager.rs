//! Lists for the other languages: pages as documents, under the same rules as typed pages.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::input::check;
use super::invoke::{self, Answer};
use super::list::List;
use super::operation::OperationSpec;
use super::page_info::PageInfo;
use super::page_iteration::{Delivery, PageIteration, PageSource};
use super::request_builder;
use super::request_builder::PageOf;
use crate::error::Result;
use crate::json::{Document, Node, NodeKind};
use crate::send::mark::CallMark;
use crate::send::{CallOptions, Sender, json_object};

/// A list, page by page, under the rules of [`Pager`](crate::Pager). After an error it is where it was.
pub struct DocumentPager {
    iteration: PageIteration<Answer>,
}

/// One page of a list as the server sent it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentPage {
    /// The whole answer.
    pub answer: Answer,
    /// The positions of the items that no earlier page had, in the order of the page's list.
    pub fresh: Vec<u32>,
    /// True if no earlier page had any of the items.
    pub all_fresh: bool,
    /// True if the list ends with this page: a further step would give no page and send no request.
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

    /// Returns the answer's text in chunks, if it is long and was requested as text. The first chunk is the page with its first
    /// items; each further one is a list of later items. A chunk is three parts to be joined, which borrow from one text.
    pub fn chunks(&self) -> Vec<[&str; 3]> {
        let text = self.answer.document.text();
        match &self.answer.page_outline {
            Some(page_outline) => page_outline.chunks(text),
            None => vec![[text, "", ""]],
        }
    }

    /// Returns the page's list.
    pub fn list(&self) -> Node<'_> {
        list_of(self.answer.document.root())
    }

    /// Returns the items that no earlier page had.
    pub fn items(&self) -> Vec<Node<'_>> {
        let items: Vec<Node<'_>> = self.list().items().collect();
        self.fresh
            .iter()
            .filter_map(|position| items.get(*position as usize).copied())
            .collect()
    }

    /// Returns the page's `meta`, if it has one.
    pub fn meta(&self) -> Option<Node<'_>> {
        meta_of(self.answer.document.root())
    }

    /// Returns how many items match over all pages, if the server reported it.
    pub fn total_count(&self) -> Option<u64> {
        self.meta()?.get("total_count")?.as_u64()
    }
}

impl DocumentPager {
    /// A pager of a list operation, with its parameters as a JSON object. It sends nothing yet.
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
            // Built for its errors: a refused parameter is reported here, not by the first page.
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
            iteration: PageIteration::new(list, page, None),
        })
    }

    /// Returns the next page, or `None` at the end.
    ///
    /// # Errors
    /// Every kind. The next step requests the same page again if the error is [`retryable`](crate::Error::retryable), and gives the
    /// error again if it is not.
    pub fn next_page(&mut self) -> Result<Option<DocumentPage>> {
        let sender = Arc::clone(&self.iteration.list.sender);
        sender.block(self.resumable_next_page())
    }

    /// The same as [`next_page`](DocumentPager::next_page), for the pool.
    #[doc(hidden)]
    pub async fn resumable_next_page(&mut self) -> Result<Option<DocumentPage>> {
        let delivery = self.iteration.next().await?;
        Ok(delivery.map(|delivery| {
            let Delivery {
                page,
                fresh,
                is_last,
            } = delivery;
            DocumentPage::of(page, &fresh, is_last)
        }))
    }

    pub(crate) fn sender(&self) -> &Arc<Sender> {
        &self.iteration.list.sender
    }

    /// Returns the id of the list's operation.
    #[doc(hidden)]
    pub fn operation(&self) -> &'static str {
        self.iteration.list.operation.id
    }

    /// The next page was called for at this time, though a thread takes the call later.
    pub(crate) fn begin(&mut self, at: Instant) {
        self.iteration.begin(at);
    }

    /// Sets the mark of the pages that are requested from here on.
    #[doc(hidden)]
    pub fn mark(&mut self, mark: Option<CallMark>) {
        self.iteration.list.options.mark = mark;
    }

    /// Sets the token and the mark of the pages that are requested from here on: those of these options.
    #[doc(hidden)]
    pub fn options_of_next(&mut self, options: &CallOptions) {
        self.iteration.list.options.take_call(options);
    }

    /// Returns the options of the list's calls.
    #[doc(hidden)]
    pub fn options(&self) -> &CallOptions {
        &self.iteration.list.options
    }

    /// Enables or disables prefetch: the pool fetches a page while the caller reads the one before it.
    pub fn prefetch(&mut self, enabled: bool) {
        self.iteration.prefetch(enabled);
    }

    /// Returns one page by its number, from 1, with all its items. The iteration stays where it is.
    ///
    /// # Errors
    /// Every kind.
    pub fn page(&self, number: u64) -> Result<DocumentPage> {
        let sender = &self.iteration.list.sender;
        sender.block(self.resumable_page(number))
    }

    /// The same as [`page`](DocumentPager::page), for the pool.
    #[doc(hidden)]
    pub async fn resumable_page(&self, number: u64) -> Result<DocumentPage> {
        let list = &self.iteration.list;
        let answer = list.document(list.at(number)?).await?;
        let count = match &answer.page_outline {
            Some(page_outline) => page_outline.ids.len(),
            None => list_of(answer.document.root()).len(),
        };
        Ok(DocumentPage::of(answer, &vec![true; count], false))
    }
}

impl PageSource for Answer {
    async fn fetch(list: &List, page: PageOf) -> Result<Self> {
        list.document(page).await
    }

    fn info(&self, list: &List) -> PageInfo<'_> {
        match &self.page_outline {
            Some(page_outline) => info_of(
                page_outline.ids.iter().map(Option::as_deref).collect(),
                page_outline.meta.as_ref().map(Document::root),
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
                info_of(ids.collect(), meta_of(root))
            }
        }
    }
}

/// Builds the facts that a page reports of the list.
fn info_of<'a>(ids: Vec<Option<&'a str>>, meta: Option<Node<'_>>) -> PageInfo<'a> {
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

/// Returns a bare list, or the `data` of a page.
fn list_of(root: Node<'_>) -> Node<'_> {
    match root.kind() {
        NodeKind::Array => root,
        _ => root.get("data").unwrap_or(root),
    }
}

impl fmt::Debug for DocumentPager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentPager")
            .field("operation", &self.iteration.list.operation.id)
            .field("next", &self.iteration.following())
            .finish_non_exhaustive()
    }
}
