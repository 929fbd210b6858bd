//! Lists, whose pages are fetched while they are iterated, without the GIL.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penbox_core::Error;
use penbox_core::bindings::{Document, DocumentPage, DocumentPager, ResponseInfo};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyIterator, PyList, PyType};

use crate::errors::{exception, waiting};
use crate::model::{Handle, Model};
use crate::response;

/// A list that is fetched page by page while it is iterated, without duplicates.
///
/// It is an iterator: it goes through the list once. `page(n)` reads any page at any time.
///
/// It yields each item once that matches from the first page on until the item's own page is read, whatever this client writes
/// meanwhile: `for form in client.forms.list(processed=False): client.forms.update(form.id, processed=True)` meets every form.
/// Pages are read again where that is needed. Changes by other programs that leave the number of items the same cannot be
/// noticed, nor can an item that an update moves to a page that was read already, as with `sort="-updated_at"`.
///
/// After an error it keeps its position: the next step fetches the same page again if the error is `retryable`, and raises the
/// same error if it is not.
#[pyclass(frozen, generic, module = "penbox")]
pub(crate) struct Pager {
    pagination: Mutex<Pagination>,
    model: Py<PyType>,
}

/// The state of an iteration.
struct Pagination {
    pager: DocumentPager,
    /// Items that a `collect` had before it failed. The next step returns them first.
    kept: VecDeque<Py<PyAny>>,
    /// The fetched page with items that were not returned yet.
    ready: Option<FetchedPage>,
    /// The total of the first page; the outer `None` before it was fetched.
    total_count: Option<Option<u64>>,
}

/// A fetched page, with the indexes of the items that were not returned yet.
struct FetchedPage {
    document: Document,
    meta: Option<u32>,
    items: VecDeque<u32>,
    /// True if no page follows.
    is_last: bool,
    /// The document for Python, made with the first item.
    handle: Option<Py<Handle>>,
    /// The HTTP side of the page's answer, if it was recorded.
    response: Option<Arc<ResponseInfo>>,
}

impl FetchedPage {
    fn new(page: &DocumentPage) -> FetchedPage {
        FetchedPage {
            document: page.answer.document.clone(),
            meta: page.meta().map(|meta| meta.index()),
            items: page.items().iter().map(|item| item.index()).collect(),
            is_last: page.last,
            handle: None,
            response: page.answer.response.clone(),
        }
    }

    fn handle<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, Handle>> {
        if let Some(handle) = &self.handle {
            return Ok(handle.bind(py).clone());
        }
        let handle = Bound::new(py, Handle(self.document.clone()))?;
        self.handle = Some(handle.clone().unbind());
        Ok(handle)
    }

    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<(Bound<'py, Handle>, u32)>> {
        match self.items.pop_front() {
            Some(item) => Ok(Some((self.handle(py)?, item))),
            None => Ok(None),
        }
    }
}

impl Pagination {
    /// Fetches the next page if every item was returned. False at the end of the list.
    fn fill(&mut self) -> Result<bool, Error> {
        let unread = |ready: &FetchedPage| !ready.items.is_empty();
        if self.ready.as_ref().is_some_and(unread) {
            return Ok(true);
        }
        let page = self.pager.next_page()?;
        if let Some(page) = &page {
            self.total_count.get_or_insert(page.total_count());
        }
        self.ready = page.as_ref().map(FetchedPage::new);
        Ok(page.is_some())
    }
}

#[pymethods]
impl Pager {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            let mut pagination = self.pagination(py)?;
            if let Some(item) = pagination.kept.pop_front() {
                return Ok(Some(item.into_bound(py)));
            }
            let found = match &mut pagination.ready {
                Some(ready) => ready.next(py)?,
                None => None,
            };
            if let Some((handle, item)) = found {
                // Making the item may run Python code, which may use this pager: the lock must be free.
                drop(pagination);
                return Model::make(self.model.bind(py), &handle, item).map(Some);
            }
            // The page is dropped before the next one is fetched: a pager that is kept must not keep a page in memory.
            if pagination.ready.take().is_some_and(|ready| ready.is_last) {
                return Ok(None);
            }
            drop(pagination);
            if !waiting(py, || lock(&self.pagination).fill())? {
                return Ok(None);
            }
        }
    }

    /// Fetches each page in a thread of the SDK's while the one before it is read. Returns this pager.
    fn prefetch(slf: Py<Self>, py: Python<'_>) -> PyResult<Py<Self>> {
        slf.get().pagination(py)?.pager.prefetch(true);
        Ok(slf)
    }

    /// The next items as a list: at most `limit` of them, or all that are left. After an error no item is lost: the next step
    /// returns those that were fetched before it.
    #[pyo3(signature = (limit = None))]
    fn collect<'py>(
        slf: &Bound<'py, Self>,
        limit: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let limit = match limit {
            // A bool is an int in Python, and `collect(True)` is a mistake.
            Some(limit) => limit
                .extract::<usize>()
                .ok()
                .filter(|_| !limit.is_instance_of::<PyBool>())
                .ok_or_else(|| {
                    let message = "the limit of a list must be a whole number from 0";
                    exception(py, &Error::invalid_argument(message))
                })?,
            None => usize::MAX,
        };
        let items = PyList::empty(py);
        while items.len() < limit {
            match slf.get().__next__(py) {
                Ok(Some(item)) => items.append(item)?,
                Ok(None) => break,
                Err(error) => {
                    let kept = items.iter().map(Bound::unbind);
                    let mut pagination = slf.get().pagination(py)?;
                    pagination.kept = kept.chain(std::mem::take(&mut pagination.kept)).collect();
                    return Err(error);
                }
            }
        }
        Ok(items)
    }

    /// One page by its number, from 1, with all its items. The iteration keeps its position. It may be repeated.
    fn page<'py>(
        &self,
        py: Python<'py>,
        number: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // The core refuses 0 with the right message, so any value that is no page's number becomes 0.
        let number = number.extract::<u64>().unwrap_or(0);
        let page = waiting(py, || lock(&self.pagination).pager.page(number))?;
        Page::joined(self.model.bind(py), FetchedPage::new(&page))
    }

    /// The pages that the iteration has not returned yet, each without the items of earlier ones.
    fn pages(slf: Py<Self>) -> Pages {
        Pages(slf)
    }

    /// The number of items that match on all pages; None if the server does not send it. Fetches the first page if none was
    /// fetched yet.
    #[getter]
    fn total_count(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        waiting(py, || {
            let mut pagination = lock(&self.pagination);
            if pagination.total_count.is_none() && pagination.ready.is_none() {
                pagination.fill()?;
            }
            Ok(pagination.total_count.flatten())
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<penbox.Pager of {}>", self.model.bind(py).name()?))
    }
}

impl Pager {
    pub(crate) fn new(pager: DocumentPager, model: Py<PyType>) -> Pager {
        let pagination = Mutex::new(Pagination {
            pager,
            kept: VecDeque::new(),
            ready: None,
            total_count: None,
        });
        Pager { pagination, model }
    }

    /// The iteration's lock. Another thread may hold it while it fetches and then needs the GIL, so a wait for the lock gives
    /// the GIL up.
    fn pagination(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, Pagination>> {
        loop {
            if let Ok(pagination) = self.pagination.try_lock() {
                return Ok(pagination);
            }
            waiting(py, || {
                drop(lock(&self.pagination));
                Ok(())
            })?;
        }
    }
}

/// A fetched page for Python.
pub(crate) fn page<'py>(
    model: &Bound<'py, PyType>,
    page: &DocumentPage,
) -> PyResult<Bound<'py, PyAny>> {
    Page::joined(model, FetchedPage::new(page))
}

fn lock(pagination: &Mutex<Pagination>) -> MutexGuard<'_, Pagination> {
    pagination.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The pages of a list.
#[pyclass(frozen, generic, module = "penbox")]
pub(crate) struct Pages(Py<Pager>);

#[pymethods]
impl Pages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let pager = self.0.get();
        let kept = std::mem::take(&mut pager.pagination(py)?.kept);
        if !kept.is_empty() {
            // These items may be of several pages, so no single `meta` is right for them.
            let page = Page {
                data: PyList::new(py, kept)?.unbind(),
                meta: None,
                total_count: None,
            };
            return Ok(Some(Bound::new(py, page)?.into_any()));
        }
        let ready = waiting(py, || {
            let mut pagination = lock(&pager.pagination);
            pagination.fill().map(|_| pagination.ready.take())
        })?;
        ready
            .map(|ready| Page::joined(pager.model.bind(py), ready))
            .transpose()
    }
}

/// One page of a list: its items in `data`, its position in `meta`. It is iterable and has a length.
#[pyclass(frozen, generic, module = "penbox")]
pub(crate) struct Page {
    /// The items.
    #[pyo3(get)]
    data: Py<PyList>,
    /// The page's position in its list, if the server sent it.
    #[pyo3(get)]
    meta: Option<Py<PyAny>>,
    /// The number of items that match on all pages, if the server sent it.
    #[pyo3(get)]
    total_count: Option<u64>,
}

#[pymethods]
impl Page {
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.data.bind(py).try_iter()
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.data.bind(py).len()
    }

    fn __getitem__<'py>(&self, place: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.data.bind(place.py()).as_any().get_item(place)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let count = self.data.bind(py).len();
        match self.total_count {
            Some(total) => format!("<penbox.Page with {count} of {total}>"),
            None => format!("<penbox.Page with {count}>"),
        }
    }
}

impl Page {
    /// The page, with the HTTP side of its answer if that was recorded.
    fn joined<'py>(model: &Bound<'py, PyType>, ready: FetchedPage) -> PyResult<Bound<'py, PyAny>> {
        let (py, info) = (model.py(), ready.response.clone());
        let page = Bound::new(py, Page::new(model, ready)?)?.into_any();
        response::joined(py, page, info.as_deref())
    }

    fn new(model: &Bound<'_, PyType>, mut ready: FetchedPage) -> PyResult<Page> {
        static META: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let py = model.py();
        let handle = ready.handle(py)?;
        let data = PyList::empty(py);
        for item in &ready.items {
            data.append(Model::make(model, &handle, *item)?)?;
        }
        let meta = match ready.meta {
            Some(index) => {
                let class = META.import(py, "penbox.models", "PageMeta")?;
                Some(Model::make(class, &handle, index)?.unbind())
            }
            None => None,
        };
        let total_count = ready
            .meta
            .and_then(|index| ready.document.node(index)?.get("total_count")?.as_u64());
        Ok(Page {
            data: data.unbind(),
            meta,
            total_count,
        })
    }
}
