//! JSON values as plain Python objects.

use std::ops::Range;

use penbox_core::bindings::{Events, JsonEvent, Node, NodeKind};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use crate::dict_shapes::{DictShape, DictShapes, ShapeKey};
use crate::gc_pause::GcPause;
use crate::keys::Names;
use crate::strings::Strings;

/// The least number of values and names for which repeated texts are looked up and the collector is paused. For a smaller
/// answer both cost more than they save.
const MANY: usize = 512;

/// A value with all it contains, as the server sent it: dicts, lists, strings, numbers, True, False and None.
pub(crate) fn to_python<'py>(py: Python<'py>, node: Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    match node.kind() {
        // A single value has no names and no shapes, so it is made without them.
        NodeKind::Object | NodeKind::Array => container(py, node.events()),
        _ => scalar(py, node),
    }
}

fn scalar<'py>(py: Python<'py>, node: Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match node.kind() {
        NodeKind::String => PyString::new(py, node.as_str().unwrap_or_default()).into_any(),
        NodeKind::Boolean => node.as_bool().into_pyobject(py)?,
        NodeKind::Number => match (node.as_i64(), node.as_u64(), node.as_number_text()) {
            (Some(number), ..) => number.into_pyobject(py)?.into_any(),
            (None, Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, None, Some(text)) => number(py, text)?,
            (None, None, None) => node.as_f64().into_pyobject(py)?,
        },
        _ => py.None().into_bound(py),
    })
}

/// An object or a list with all it contains.
fn container<'py>(py: Python<'py>, events: Events<'_>) -> PyResult<Bound<'py, PyAny>> {
    let many = events.len() >= MANY;
    let _pause = many.then(|| GcPause::new(py));
    let mut builder = Builder {
        py,
        names: Names::new(py),
        shapes: DictShapes::new(),
        texts: many.then(Strings::new),
        items: Vec::new(),
        events,
    };
    builder.value(ShapeKey::ROOT)
}

/// A number of more than 64 bits or of many digits, as Python's own `json` makes it: an int of any size, or the nearest float,
/// which may be infinite.
#[cold]
fn number<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let is_whole = !text.contains(['.', 'e', 'E']);
    // Python refuses ints of more than 4,300 digits, for reading them takes quadratic time. They become floats.
    match is_whole.then(|| py.get_type::<PyInt>().call1((text,))) {
        Some(Ok(whole)) => Ok(whole),
        _ => Ok(PyFloat::new(py, text.parse().unwrap_or(f64::NAN)).into_any()),
    }
}

/// The objects of one answer while they are made from its events.
struct Builder<'a, 'py> {
    py: Python<'py>,
    events: Events<'a>,
    names: Names<'py>,
    shapes: DictShapes,
    /// Short texts of this answer, if it is large. They are dropped with this builder, for they may be personal data.
    texts: Option<Strings>,
    /// The items of the lists that are being made, those of inner lists last. One vector spares an allocation for each list.
    items: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Builder<'a, 'py> {
    fn value(&mut self, key: ShapeKey) -> PyResult<Bound<'py, PyAny>> {
        let event = self.events.next();
        self.made(event, key)
    }

    /// The value that begins with this event.
    fn made(&mut self, event: Option<JsonEvent<'_>>, key: ShapeKey) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        Ok(match event {
            Some(JsonEvent::Text(text)) => match &mut self.texts {
                Some(texts) => texts.python(py, text).to_owned(),
                None => PyString::new(py, text),
            }
            .into_any(),
            Some(JsonEvent::Object(length)) => self.object(length, key)?.into_any(),
            Some(JsonEvent::Array(length)) => self.list(length, key)?.into_any(),
            Some(JsonEvent::Boolean(value)) => PyBool::new(py, value).to_owned().into_any(),
            Some(JsonEvent::Unsigned(value)) => value.into_pyobject(py)?.into_any(),
            Some(JsonEvent::Signed(value)) => value.into_pyobject(py)?.into_any(),
            Some(JsonEvent::Float(value)) => PyFloat::new(py, value).into_any(),
            Some(JsonEvent::Number(text)) => number(py, text)?,
            Some(JsonEvent::Null) | None => py.None().into_bound(py),
        })
    }

    fn list(&mut self, length: usize, key: ShapeKey) -> PyResult<Bound<'py, PyList>> {
        if length == 0 {
            return Ok(PyList::empty(self.py));
        }
        let start = self.items.len();
        for _ in 0..length {
            let item = self.value(key)?;
            self.items.push(item);
        }
        PyList::new(self.py, self.items.drain(start..))
    }

    fn object(&mut self, length: usize, key: ShapeKey) -> PyResult<Bound<'py, PyDict>> {
        if length == 0 {
            return Ok(PyDict::new(self.py));
        }
        let key = key.object(length);
        let Some(shape) = self.shapes.take(key) else {
            let dict = PyDict::new(self.py);
            self.set_by_name(&dict, 0..length, key)?;
            self.shapes.learn(key, &dict, length)?;
            return Ok(dict);
        };
        let mut dict = match &shape.empty {
            Some(empty) => empty.bind(self.py).copy()?,
            None => PyDict::new(self.py),
        };
        let read = match shape.names.len() == length {
            true => self.set_by_shape(&dict, &shape, key)?,
            false => 0,
        };
        if read == length {
            self.shapes.hit(key, shape);
            return Ok(dict);
        }
        if shape.empty.is_some() {
            // The object is of another shape, and the copy has names that it has not: it is begun again with those it has.
            let copied = std::mem::replace(&mut dict, PyDict::new(self.py));
            for (_, name) in &shape.names[..read] {
                dict.set_item(name, copied.get_item(name)?)?;
            }
        }
        self.set_by_name(&dict, read..length, key)?;
        self.shapes.miss(key, shape);
        Ok(dict)
    }

    /// Sets the values of a dict as long as the names are those of the shape. Returns the number of members set.
    fn set_by_shape(
        &mut self,
        dict: &Bound<'py, PyDict>,
        shape: &DictShape,
        key: ShapeKey,
    ) -> PyResult<usize> {
        for (position, (name, string)) in shape.names.iter().enumerate() {
            if !self.events.next_if_text(name) {
                return Ok(position);
            }
            let string = string.bind(self.py);
            match (self.events.next(), &mut self.texts) {
                // The copy of a shape's dict has None there already.
                (Some(JsonEvent::Null), _) if shape.empty.is_some() => {}
                // The string is borrowed: a clone would only raise and lower its count of references.
                (Some(JsonEvent::Text(text)), Some(texts)) => {
                    dict.set_item(string, texts.python(self.py, text))?;
                }
                (event, _) => {
                    let value = self.made(event, key.member(position))?;
                    dict.set_item(string, value)?;
                }
            }
        }
        Ok(shape.names.len())
    }

    /// Sets the members of a dict at these positions, whatever their names are.
    fn set_by_name(
        &mut self,
        dict: &Bound<'py, PyDict>,
        positions: Range<usize>,
        key: ShapeKey,
    ) -> PyResult<()> {
        for position in positions {
            let Some(JsonEvent::Text(name)) = self.events.next() else {
                break;
            };
            let value = self.value(key.member(position))?;
            dict.set_item(self.names.python(name), value)?;
        }
        Ok(())
    }
}
