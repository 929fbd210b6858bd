//! Results: views of one object in the server's answer, and the fields that read its members.

use std::cell::Cell;

use penbox_core::Error;
use penbox_core::bindings::{Document, Node, NodeKind};
use pyo3::exceptions::{PyAttributeError, PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};

use crate::errors::{exception, guarded};
use crate::field_cache::FieldCache;
use crate::keys::Names;
use crate::repr::Shown;
use crate::to_dict::to_python;
use crate::{compare, mapping, repr};

/// An answer of the server's, shared by all results that are views of it.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct Handle(pub(crate) Document);

thread_local! {
    /// The answer and the index of the next result. Classes are called without arguments, for passing them takes longer than
    /// making a result.
    static NEXT: Cell<Option<(Py<Handle>, u32)>> = const { Cell::new(None) };
}

/// Base of every result: a read-only view of what the server sent.
///
/// Fields are attributes; one that is absent or null reads as None. A result is a mapping, too: `result["name"]`,
/// `"name" in result`, `result.get("name")`, `dict(result)` and `**result` take the names on the wire, and also reach members
/// that this version does not know. A method wins over a field of its name, which is then read by its item or with a `_` at its end
/// (`signature.items_`). A result is always true, and equal to results of its own class with the same contents. It has no hash:
/// use its id as a key. `repr` masks contact data; `to_dict()` shows everything.
#[pyclass(frozen, subclass, mapping, weakref, module = "penbox")]
pub(crate) struct Model {
    handle: Py<Handle>,
    /// The object's index in the document.
    index: u32,
    cache: FieldCache,
}

#[pymethods]
impl Model {
    #[new]
    #[pyo3(signature = (handle=None), text_signature = "(handle, /)")]
    fn new(handle: Option<Py<Handle>>) -> PyResult<Model> {
        let made_of = match handle {
            Some(handle) => Some((handle, 0)),
            None => NEXT.take(),
        };
        let Some((handle, index)) = made_of else {
            let text = "a result is not made by calling its class: the server sends it, or from_json() reads it from text";
            return Err(PyTypeError::new_err(text));
        };
        Ok(Model {
            handle,
            index,
            cache: FieldCache::default(),
        })
    }

    /// Makes a result of the JSON text of an object, such as `to_json()` returns: for tests and storage. Raises
    /// `InvalidArgumentError`.
    #[classmethod]
    fn from_json<'py>(class: &Bound<'py, PyType>, text: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = class.py();
        let document = Document::parse(text.to_owned()).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let text = format!("the text is not valid JSON (line {line}, column {column})");
            exception(py, &Error::invalid_argument(text))
        })?;
        if document.root().kind() != NodeKind::Object {
            let text = "the text is not a JSON object";
            return Err(exception(py, &Error::invalid_argument(text)));
        }
        // The handle is passed as an argument, not through NEXT: a subclass of the caller's may make other results in its
        // constructor first.
        class.call1((Handle(document),))
    }

    /// Makes a new dict of plain Python objects: all that the server sent, under the names on the wire.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(py, || to_python(py, self.node()))
    }

    /// The server's own JSON text of the object.
    pub(crate) fn to_json(&self) -> String {
        self.node().to_json()
    }

    fn __getitem__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match item(slf, name)? {
            Some(value) => Ok(value),
            None => Err(PyKeyError::new_err(name.clone().unbind())),
        }
    }

    /// The member of a name on the wire, or `default` where the server sent none. A null that was sent is None.
    #[pyo3(signature = (name, default=None, /))]
    fn get<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let absent = || default.unwrap_or_else(|| slf.py().None().into_bound(slf.py()));
        Ok(item(slf, name)?.unwrap_or_else(absent))
    }

    /// A view of the names on the wire.
    fn keys<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        mapping::view(slf, "KeysView")
    }

    /// A view of the values, objects among them as results.
    fn values<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        mapping::view(slf, "ValuesView")
    }

    /// A view of the pairs of names on the wire and values.
    fn items<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        mapping::view(slf, "ItemsView")
    }

    fn __len__(&self) -> usize {
        self.node().len()
    }

    /// Always true: `if form:` asks whether there is a form, not whether it has members.
    fn __bool__(&self) -> bool {
        true
    }

    fn __contains__(&self, name: &Bound<'_, PyAny>) -> bool {
        mapping::key(name).is_some_and(|name| self.node().get(name).is_some())
    }

    /// The names on the wire of all members that the server sent.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut known = Names::new(py);
        let names = self
            .node()
            .members()
            .map(|(name, _)| known.python(name).to_owned());
        PyList::new(py, names.collect::<Vec<_>>())?
            .into_any()
            .try_iter()
            .map(Bound::into_any)
    }

    /// Raises the error for a name that is no attribute. Python calls this for no other name.
    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<()> {
        let class = slf.get_type().name()?;
        Err(PyAttributeError::new_err(
            match slf.get().node().get(name) {
                Some(_) => {
                    format!("{class} has no field {name}, the server sent it: use [{name:?}]")
                }
                None => format!("{class} has no field {name}"),
            },
        ))
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let same_class = other.get_type().is(slf.get_type());
        let Ok(other) = other.cast::<Model>() else {
            // Python then tries the other object's own `__eq__`, such as that of a mock.
            return Ok(py.NotImplemented());
        };
        let same = same_class && compare::equal(slf.get().node(), other.get().node());
        Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guarded(slf.py(), || {
            let name = slf.get_type().name()?.to_string();
            repr::of(&name, slf.get().node(), |name| shown(slf, name))
        })
    }

    /// The text that `sentry-sdk` reports instead of walking the mapping: masked as `repr` is.
    fn __sentry_repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Model::__repr__(slf)
    }

    /// The members that `rich` prints, in tracebacks, too: masked as `repr` is.
    fn __rich_repr__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let members = guarded(slf.py(), || {
            repr::parts(slf.py(), slf.get().node(), |name| shown(slf, name))
        })?;
        members.try_iter().map(Bound::into_any)
    }

    /// The schema by which `pydantic`, and so FastAPI, takes a result as it is and gives it out as plain values.
    #[classmethod]
    fn __get_pydantic_core_schema__<'py>(
        class: &Bound<'py, PyType>,
        _source: &Bound<'py, PyAny>,
        _handler: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let schemas = class.py().import("penbox._pydantic")?;
        schemas.call_method1("core_schema", (class,))
    }

    /// The serializer that `pydantic` looks for on a value of no declared type. There is no such attribute where there is no
    /// `pydantic`.
    #[getter]
    fn __pydantic_serializer__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let schemas = slf.py().import("penbox._pydantic")?;
        schemas.call_method1("serializer", (slf.get_type(),))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        // A pickle holds the server's text, so that another version of the SDK can read it.
        let make = slf.get_type().getattr("from_json")?;
        Ok((make, (slf.get().to_json(),)))
    }
}

impl Model {
    /// A result of one of the SDK's classes.
    pub(crate) fn make<'py>(
        class: &Bound<'py, PyType>,
        handle: &Bound<'py, Handle>,
        index: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        // The answer before is put back: code that runs ahead of `Model.__new__` may make another result, which must not take it.
        let before = NEXT.replace(Some((handle.clone().unbind(), index)));
        let made = class.call0();
        NEXT.set(before);
        made
    }

    /// The object of which this is a view.
    fn node(&self) -> Node<'_> {
        let document = &self.handle.get().0;
        // The index comes from this document, so it is there. The root is only a way without a panic.
        document.node(self.index).unwrap_or_else(|| document.root())
    }

    /// A field's value. It is made at the first read, and every later read returns the same object.
    fn read<'py>(&self, field: &Bound<'py, Field>) -> PyResult<Bound<'py, PyAny>> {
        let (py, place) = (field.py(), field.as_ptr() as usize);
        if let Some(known) = self.cache.get(py, place) {
            return Ok(known);
        }
        // Making a value may run Python code, which may read the same field: `keep` returns the value that was first.
        let value = field.get().value(self.handle.bind(py), self.node())?;
        Ok(self.cache.keep(place, value))
    }
}

/// The member of a name on the wire; none where the server sent none.
fn item<'py>(
    result: &Bound<'py, Model>,
    name: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let (py, model) = (result.py(), result.get());
    let text = mapping::key(name);
    let Some((name, node)) = text.and_then(|name| Some((name, model.node().get(name)?))) else {
        return Ok(None);
    };
    match field_of(&result.get_type(), name)? {
        Some(field) => model.read(&field),
        None => guarded(py, || to_python(py, node)),
    }
    .map(Some)
}

/// A member as `repr` and its like may show it.
fn shown<'py>(result: &Bound<'py, Model>, name: &str) -> PyResult<Shown<'py>> {
    Ok(match field_of(&result.get_type(), name)? {
        Some(field) if !field.get().hidden => Shown::Value(result.get().read(&field)?),
        Some(_) => Shown::Hidden,
        None => Shown::Unknown,
    })
}

/// The field of a class for a name on the wire. It is the generator's rule of names, applied to find the attribute: `$` is
/// dropped, `-` becomes `_`, and a keyword of Python's has a `_` at its end.
fn field_of<'py>(class: &Bound<'py, PyType>, name: &str) -> PyResult<Option<Bound<'py, Field>>> {
    let attribute = name.replace('$', "").replace('-', "_");
    for attribute in [format!("{attribute}_"), attribute] {
        if let Some(found) = class.getattr_opt(attribute)?
            && let Ok(field) = found.cast_into::<Field>()
            && field.get().key == name
        {
            return Ok(Some(field));
        }
    }
    Ok(None)
}

/// A read-only field of a result class. Absent and null both read as None.
#[pyclass(frozen, generic, module = "penbox._native")]
pub(crate) struct Field {
    /// The member's name on the wire.
    #[pyo3(get)]
    key: String,
    /// The class of the object, or of each item of the list; None for plain Python.
    #[pyo3(get)]
    model: Option<Py<PyType>>,
    /// True if `repr` hides the value: it identifies a person, opens their form, or may hold anything.
    #[pyo3(get)]
    hidden: bool,
}

#[pymethods]
impl Field {
    #[new]
    #[pyo3(signature = (key, model=None, *, hidden=false))]
    fn new(key: String, model: Option<Py<PyType>>, hidden: bool) -> Field {
        Field { key, model, hidden }
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: Option<&Bound<'py, PyAny>>,
        _owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match instance {
            None => Ok(slf.clone().into_any()),
            Some(instance) => {
                let model = instance.cast::<Model>()?;
                guarded(slf.py(), || model.get().read(slf))
            }
        }
    }

    fn __set__(&self, instance: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(read_only(instance))
    }

    fn __delete__(&self, instance: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(read_only(instance))
    }

    fn __repr__(&self) -> String {
        format!("<field {:?}>", self.key)
    }
}

impl Field {
    /// The value of this field in `object`; None where the member is absent.
    fn value<'py>(
        &self,
        handle: &Bound<'py, Handle>,
        object: Node<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = handle.py();
        let Some(node) = object.field(&self.key) else {
            return Ok(py.None().into_bound(py));
        };
        shaped(
            self.model.as_ref().map(|model| model.bind(py)),
            handle,
            node,
        )
    }
}

fn read_only(instance: &Bound<'_, PyAny>) -> PyErr {
    match instance.get_type().name() {
        Ok(class) => PyAttributeError::new_err(format!(
            "a {class} is what the server sent and cannot be changed; to_dict() gives a copy that can"
        )),
        Err(error) => error,
    }
}

/// A value by its type: an object as an instance of `model`, a list as a list of instances. Any other value, and all values
/// without a model, become plain Python.
pub(crate) fn shaped<'py>(
    model: Option<&Bound<'py, PyType>>,
    handle: &Bound<'py, Handle>,
    node: Node<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    match (model, node.kind()) {
        (Some(model), NodeKind::Object) => Model::make(model, handle, node.index()),
        (Some(_), NodeKind::Array) => {
            let mut items = Vec::with_capacity(node.len());
            for item in node.items() {
                items.push(shaped(model, handle, item)?);
            }
            Ok(PyList::new(handle.py(), items)?.into_any())
        }
        _ => to_python(handle.py(), node),
    }
}
