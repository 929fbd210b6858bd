//! Lists for asyncio: each walk fetches one page at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penbox_core::bindings::{DocumentPage, DocumentPager, PageStep, system};
use penbox_core::{CallOptions, Client, Error};
use pyo3::prelude::*;
use pyo3::types::PyType;
use serde_json::{Map, Value};

use super::begun::Begun;
use super::call::Call;
use crate::errors::{exception, guarded, waiting};
use crate::log_bridge;
use crate::pager::page;

/// A list: its operation and parameters, which were validated.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct List {
    pub(crate) core: Client,
    pub(crate) operation: String,
    pub(crate) params: Map<String, Value>,
    pub(crate) options: CallOptions,
    pub(crate) model: Py<PyType>,
    pub(crate) is_watched: bool,
}

#[pymethods]
impl List {
    /// A new iteration over the pages, from the page of this number on or from the first.
    #[pyo3(signature = (first = None))]
    fn walk(slf: Py<Self>, py: Python<'_>, first: Option<u64>) -> PyResult<Walk> {
        let pager = slf.get().pager(py, first)?;
        Ok(Walk {
            list: slf,
            pager: Arc::new(Mutex::new(Some(pager))),
        })
    }

    /// Begins to fetch one page by its number, from 1, with all its items. See `Walk.next`.
    fn page(&self, py: Python<'_>, number: &Bound<'_, PyAny>) -> PyResult<Call> {
        // The core refuses 0 with the right message, so any value that is no page's number becomes 0.
        let number = number.extract::<u64>().unwrap_or(0);
        let pager = Arc::new(Mutex::new(Some(self.pager(py, None)?)));
        self.start(py, &pager, PageStep::Page(number))
    }

    /// The class of the items.
    #[getter]
    fn model(&self, py: Python<'_>) -> Py<PyType> {
        self.model.clone_ref(py)
    }
}

type Place = Arc<Mutex<Option<DocumentPager>>>;

fn locked(place: &Place) -> MutexGuard<'_, Option<DocumentPager>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

impl List {
    /// The list, if its parameters are good.
    pub(crate) fn validated(self, py: Python<'_>) -> PyResult<List> {
        self.pager(py, None)?;
        Ok(self)
    }

    fn pager(&self, py: Python<'_>, first: Option<u64>) -> PyResult<DocumentPager> {
        let params = match first {
            Some(number) => from_page(self.params.clone(), number),
            None => self.params.clone(),
        };
        waiting(py, || {
            let params = Value::Object(params).to_string();
            self.core
                .pager(&self.operation, &params, self.options.clone())
        })
    }

    fn start(&self, py: Python<'_>, place: &Place, step: PageStep) -> PyResult<Call> {
        let begun = Begun::new(py, self.options.clone(), self.is_watched)?;
        let Some(mut pager) = locked(place).take() else {
            let error = Error::internal("the list is in use by another call");
            return Err(exception(py, &error));
        };
        log_bridge::refresh(py);
        pager.options_of_next(&begun.options);
        let (place, state) = (Arc::clone(place), Arc::clone(&begun.state));
        let model = self.model.clone_ref(py);
        pager.start(step, system::now(), move |pager, page| {
            *locked(&place) = pager;
            state.finish(move |py| guarded(py, || fetched(model.bind(py), page)));
        });
        Ok(Call::new(begun.state, self.operation.clone()))
    }
}

/// An iteration over the pages of a list. It fetches one page at a time.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct Walk {
    list: Py<List>,
    /// Empty while a call has the pager.
    pager: Place,
}

#[pymethods]
impl Walk {
    /// Begins to fetch the next page. The result is the page without the items of earlier ones, and True if it is the last; None
    /// at the end of the list.
    fn next(&self, py: Python<'_>) -> PyResult<Call> {
        self.list.get().start(py, &self.pager, PageStep::Next)
    }

    /// Has each page fetched while the one before it is read.
    fn prefetch(&self) {
        if let Some(pager) = &mut *locked(&self.pager) {
            pager.prefetch(true);
        }
    }
}

/// A page, and whether it is the last; None at the end.
fn fetched<'py>(
    model: &Bound<'py, PyType>,
    fetched: Result<Option<DocumentPage>, Error>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = model.py();
    match fetched.map_err(|error| exception(py, &error))? {
        None => Ok(py.None().into_bound(py)),
        Some(fetched) => {
            let page = page(model, &fetched)?;
            Ok((page, fetched.last).into_pyobject(py)?.into_any())
        }
    }
}

/// The parameters of a list from another page on.
fn from_page(mut params: Map<String, Value>, number: u64) -> Map<String, Value> {
    let page = params
        .entry("page")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(page) = page {
        page.insert("number".to_owned(), number.into());
    }
    params
}
