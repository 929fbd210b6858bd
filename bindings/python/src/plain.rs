//! A value with all it contains as plain Python objects.

use std::ops::Range;

use penbox_core::bindings::{Events, JsonEvent};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use crate::collector::HeldOff;
use crate::keys::Names;
use crate::shapes::{Place, Shape, Shapes};
use crate::strings::Strings;

/// So many values and names are worth a look at which texts come again, and a word with the garbage collector.
const MANY: usize = 512;

/// The value as dicts, lists, strings, numbers, True, False and None.
pub(crate) fn plain<'py>(py: Python<'py>, walk: Events<'_>) -> PyResult<Bound<'py, PyAny>> {
    let many = walk.len() >= MANY;
    let _held_off = many.then(|| HeldOff::new(py));
    let mut plain = Plain {
        py,
        names: Names::new(py),
        shapes: Shapes::new(),
        texts: many.then(Strings::new),
        items: Vec::new(),
        walk,
    };
    plain.value(Place::ROOT)
}

/// A number that is neither 64 bits nor few digits, as Python's own `json` makes it: an int of any size, or a float, which is
/// infinite beyond all others.
#[cold]
pub(crate) fn number<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let is_whole = !text.contains(['.', 'e', 'E']);
    // Python refuses to read ints of thousands of digits, which take long.
    match is_whole.then(|| py.get_type::<PyInt>().call1((text,))) {
        Some(Ok(whole)) => Ok(whole),
        _ => Ok(PyFloat::new(py, text.parse().unwrap_or(f64::NAN)).into_any()),
    }
}

struct Plain<'a, 'py> {
    py: Python<'py>,
    walk: Events<'a>,
    names: Names<'py>,
    shapes: Shapes,
    /// Short texts of this value, where many come again. They go with it: they may be personal.
    texts: Option<Strings>,
    /// The items of the lists that are being made.
    items: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Plain<'a, 'py> {
    fn value(&mut self, place: Place) -> PyResult<Bound<'py, PyAny>> {
        let step = self.walk.next();
        self.made(step, place)
    }

    /// The value that begins with a step.
    fn made(&mut self, step: Option<JsonEvent<'_>>, place: Place) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        Ok(match step {
            Some(JsonEvent::Text(text)) => match &mut self.texts {
                Some(texts) => texts.python(py, text).to_owned(),
                None => PyString::new(py, text),
            }
            .into_any(),
            Some(JsonEvent::Object(length)) => self.object(length, place)?.into_any(),
            Some(JsonEvent::Array(length)) => self.list(length, place)?.into_any(),
            Some(JsonEvent::Boolean(value)) => PyBool::new(py, value).to_owned().into_any(),
            Some(JsonEvent::Unsigned(value)) => value.into_pyobject(py)?.into_any(),
            Some(JsonEvent::Signed(value)) => value.into_pyobject(py)?.into_any(),
            Some(JsonEvent::Float(value)) => PyFloat::new(py, value).into_any(),
            Some(JsonEvent::Number(text)) => number(py, text)?,
            Some(JsonEvent::Null) | None => py.None().into_bound(py),
        })
    }

    fn list(&mut self, length: usize, place: Place) -> PyResult<Bound<'py, PyList>> {
        if length == 0 {
            return Ok(PyList::empty(self.py));
        }
        let start = self.items.len();
        for _ in 0..length {
            let item = self.value(place)?;
            self.items.push(item);
        }
        PyList::new(self.py, self.items.drain(start..))
    }

    fn object(&mut self, length: usize, place: Place) -> PyResult<Bound<'py, PyDict>> {
        if length == 0 {
            return Ok(PyDict::new(self.py));
        }
        let place = place.object(length);
        let Some(shape) = self.shapes.take(place) else {
            let dict = PyDict::new(self.py);
            self.unlike(&dict, 0..length, place)?;
            self.shapes.learn(place, &dict, length)?;
            return Ok(dict);
        };
        let mut dict = match &shape.empty {
            Some(empty) => empty.bind(self.py).copy()?,
            None => PyDict::new(self.py),
        };
        let read = match shape.names.len() == length {
            true => self.alike(&dict, &shape, place)?,
            false => 0,
        };
        if read == length {
            self.shapes.hit(place, shape);
            return Ok(dict);
        }
        if shape.empty.is_some() {
            // Of another shape: begun anew, with what was read.
            let copied = std::mem::replace(&mut dict, PyDict::new(self.py));
            for (_, name) in &shape.names[..read] {
                dict.set_item(name, copied.get_item(name)?)?;
            }
        }
        self.unlike(&dict, read..length, place)?;
        self.shapes.miss(place, shape);
        Ok(dict)
    }

    /// Gives a dict of a shape its values, as long as its names are the shape's. How many it had.
    fn alike(&mut self, dict: &Bound<'py, PyDict>, shape: &Shape, place: Place) -> PyResult<usize> {
        for (position, (name, string)) in shape.names.iter().enumerate() {
            if !self.walk.took(name) {
                return Ok(position);
            }
            let string = string.bind(self.py);
            match (self.walk.next(), &mut self.texts) {
                // In a copy it is None already.
                (Some(JsonEvent::Null), _) if shape.empty.is_some() => {}
                // Not a reference more than the dict's own.
                (Some(JsonEvent::Text(text)), Some(texts)) => {
                    dict.set_item(string, texts.python(self.py, text))?;
                }
                (step, _) => {
                    let value = self.made(step, place.member(position))?;
                    dict.set_item(string, value)?;
                }
            }
        }
        Ok(shape.names.len())
    }

    /// Gives a dict the members at these positions, whatever their names.
    fn unlike(
        &mut self,
        dict: &Bound<'py, PyDict>,
        positions: Range<usize>,
        place: Place,
    ) -> PyResult<()> {
        for position in positions {
            let Some(JsonEvent::Text(name)) = self.walk.next() else {
                break;
            };
            let value = self.value(place.member(position))?;
            dict.set_item(self.names.python(name), value)?;
        }
        Ok(())
    }
}
