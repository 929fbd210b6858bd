//! Python arguments as JSON. What has no JSON form is refused by its place, before anything is sent.

use penbox_core::Error;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString,
    PyTuple,
};
use serde_json::{Map, Value};

use crate::not_given::NotGiven;
use crate::raise::raise;

/// Deeper than the core reads. Something that contains itself ends here, too.
const DEEPEST: usize = 100;

/// A dict as a JSON object. Members that are `NOT_GIVEN` are left out.
pub(crate) fn object(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
    let mut place = Place {
        py: value.py(),
        what,
        path: Vec::new(),
    };
    match place.value(value)? {
        Value::Object(members) => Ok(members),
        _ => Err(place.refuse("must be a dict")),
    }
}

/// Any value as JSON.
pub(crate) fn value(what: &str, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let (py, path) = (value.py(), vec![name.to_owned()]);
    Place { py, what, path }.value(value)
}

/// Where in the arguments a value stands.
struct Place<'a, 'py> {
    py: Python<'py>,
    what: &'a str,
    path: Vec<String>,
}

impl<'py> Place<'_, 'py> {
    fn value(&mut self, value: &Bound<'py, PyAny>) -> PyResult<Value> {
        if self.path.len() > DEEPEST {
            return Err(self.refuse("is nested too deeply, or contains itself"));
        }
        if value.is_none() {
            return Ok(Value::Null);
        }
        if let Ok(text) = value.cast::<PyString>() {
            return match text.to_str() {
                Ok(text) => Ok(text.into()),
                Err(_) => Err(self.refuse("holds a lone surrogate, which is not text")),
            };
        }
        if let Ok(flag) = value.cast::<PyBool>() {
            return Ok(flag.is_true().into());
        }
        if value.is_instance_of::<PyInt>() {
            return match (value.extract::<i64>(), value.extract::<u64>()) {
                (Ok(number), _) => Ok(number.into()),
                (_, Ok(number)) => Ok(number.into()),
                _ => Err(self.refuse("is a whole number of more than 64 bits")),
            };
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            return serde_json::Number::from_f64(number.value())
                .map(Value::Number)
                .ok_or_else(|| self.refuse("is no finite number"));
        }
        if let Ok(dict) = value.cast::<PyDict>() {
            // A copy of its items: what is asked on the way, or another thread, may change the dict.
            return self.members(dict.items().iter().map(|pair| pair.extract()));
        }
        if let Ok(list) = value.cast::<PyList>() {
            return self.items(list.iter().map(Ok));
        }
        if let Ok(tuple) = value.cast::<PyTuple>() {
            return self.items(tuple.iter().map(Ok));
        }
        if let Ok(mapping) = value.cast::<PyMapping>() {
            let pairs = mapping.items()?;
            return self.members(pairs.iter().map(|pair| pair.extract()));
        }
        let bytes = value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>();
        if let Ok(sequence) = value.cast::<PySequence>()
            && !bytes
        {
            let items = sequence.try_iter()?;
            return self.items(items);
        }
        Err(self.foreign(value))
    }

    fn members(
        &mut self,
        pairs: impl Iterator<Item = PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)>>,
    ) -> PyResult<Value> {
        let mut members = Map::new();
        for pair in pairs {
            let (name, value) = pair?;
            if value.is_instance_of::<NotGiven>() {
                continue;
            }
            let name = match name.cast::<PyString>().map(|name| name.to_str()) {
                Ok(Ok(name)) => name.to_owned(),
                Ok(Err(_)) => {
                    let problem =
                        "has a member whose name holds a lone surrogate, which is not text";
                    return Err(self.refuse(problem));
                }
                Err(_) => return Err(self.refuse("has a member whose name is not text")),
            };
            self.path.push(name);
            let value = self.value(&value)?;
            if let Some(name) = self.path.pop() {
                members.insert(name, value);
            }
        }
        Ok(Value::Object(members))
    }

    fn items(
        &mut self,
        items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    ) -> PyResult<Value> {
        let mut list = Vec::new();
        for (position, item) in items.enumerate() {
            let item = item?;
            self.path.push(position.to_string());
            list.push(self.value(&item)?);
            self.path.pop();
        }
        Ok(Value::Array(list))
    }

    fn foreign(&self, value: &Bound<'_, PyAny>) -> PyErr {
        match value.get_type().name() {
            Ok(class) => self.refuse(&format!("is a {class}, which has no JSON form")),
            Err(_) => self.refuse("has no JSON form"),
        }
    }

    fn refuse(&self, problem: &str) -> PyErr {
        let path: String = self.path.join(".").chars().take(80).collect();
        let what = self.what;
        let text = match path.is_empty() {
            true => format!("the {what} {problem}"),
            false => format!("the {what} {} {problem}", path.escape_debug()),
        };
        raise(self.py, &Error::invalid_argument(text))
    }
}
