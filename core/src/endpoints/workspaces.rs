//! Workspaces that the token may use.

use crate::call::input::input;
use crate::call::operation::{operations, resource};
use crate::call::output::output;
use crate::call::page::Item;
use crate::call::pager::Pager;
use crate::json::SharedStr;

output! {
    /// A workspace.
    Workspace {
        /// Identifier, a UUID.
        id: SharedStr,
        /// When it was made, ISO 8601. Absent in the Authentication page's sample.
        created_at: Option<SharedStr>,
        /// Its slug: lower-case letters, digits and hyphens, unique across Penbox.
        slug: Option<SharedStr>,
        /// Its name.
        name: Option<SharedStr>,
    }
}

output! {
    /// The workspace something belongs to.
    WorkspaceRef {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// Its slug.
        slug: Option<SharedStr>,
    }
}

impl Item for Workspace {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}

input! {
    /// A workspace to filter by.
    ///
    /// ```
    /// use penbox::{FormList, WorkspaceFilter};
    ///
    /// let by_slug = FormList::default().workspace(WorkspaceFilter::slug("acme-corp"));
    /// let by_id = FormList::default().workspace(WorkspaceFilter::id("c3d4e5f6-a7b8-9012-cdef-123456789012"));
    /// assert_ne!(by_slug, by_id);
    /// ```
    WorkspaceFilter {
        /// Its id (inferred).
        id [with_id]: String;
        /// Its slug.
        slug [with_slug]: String;
    }

    /// Which page of a list, and how long.
    ///
    /// ```
    /// use penbox::{FormList, PageQuery};
    ///
    /// // From the third page of 20 forms on.
    /// let params = FormList::default().page(PageQuery::of(20).number(3u64));
    /// assert_eq!(params, FormList::from_json(r#"{"page": {"number": 3, "size": 20}}"#).unwrap());
    /// ```
    PageQuery {
        /// The page to start at, from 1.
        number: u64;
        /// Items a page, 1 to 100; the client's `page_size` unless given.
        size: u64;
    }

    /// Parameters of `workspaces.list`.
    ///
    /// ```
    /// use penbox::{PageQuery, WorkspaceList};
    ///
    /// let params = WorkspaceList::default().page(PageQuery::of(50));
    /// # assert_ne!(params, WorkspaceList::default());
    /// ```
    WorkspaceList {
        /// The first page to read and the number of items in a page.
        page: PageQuery;
    }
}

impl WorkspaceFilter {
    /// A workspace by its id.
    pub fn id(id: impl Into<String>) -> Self {
        Self::empty().with_id(id)
    }

    /// A workspace by its slug.
    pub fn slug(slug: impl Into<String>) -> Self {
        Self::empty().with_slug(slug)
    }
}

impl PageQuery {
    /// Pages of this many items.
    pub fn of(size: u64) -> Self {
        Self::empty().size(size)
    }
}

impl Default for WorkspaceList {
    fn default() -> Self {
        Self::empty()
    }
}

operations! {
    /// Lists the workspaces the token may use. It is also the quick test of a token.
    List = "workspaces.list", Get "/workspaces", Safe, Pages, "/api-reference/workspaces/list-workspaces", WorkspaceList => Workspace, cached ttl;
}

resource! {
    /// The workspaces resource. See [`Client::workspaces`](crate::Client::workspaces).
    Workspaces
}

impl Workspaces<'_> {
    /// Lists the workspaces the token may use, page by page while the caller iterates. Safe to repeat.
    ///
    /// Source: `/api-reference/workspaces/list-workspaces`, Authentication page ("Quick Test").
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// for workspace in client.workspaces().list(Default::default()) {
    ///     println!("{}", workspace?.slug.unwrap_or_default());
    /// }
    /// # assert_eq!(client.workspaces().list(Default::default()).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Each item may be an error, after which the pager is where it was (see [`Pager`]):
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of
    /// a failed connection.
    pub fn list(&self, params: WorkspaceList) -> Pager<Workspace> {
        Pager::new::<List>(self.sender, params, self.options.clone())
    }
}
