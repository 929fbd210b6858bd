//! Python arguments as JSON. A value without a JSON form is refused by its path, before anything is sent.

use std::borrow::Cow;

use penbox_core::Error;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView,
    PySequence, PyString, PyTuple,
};
use serde_json::{Map, Value};

use crate::errors::exception;
use crate::expected;
use crate::model::Model;
use crate::not_given::NotGiven;
use crate::plain::{self, Plain};

/// The most levels that arguments may be nested, as in the core. It also ends the way through an object that contains itself.
const DEEPEST: usize = 100;

/// The hint about a lone surrogate.
const CUT: &str = "Look where the text was cut, and how it was decoded.";

/// The reason why an argument has no JSON form.
pub(crate) enum Fault {
    /// The SDK refused it.
    Refused(Error),
    /// The caller's own code raised an exception while it was read.
    Raised(PyErr),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Refused(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Fault {
        Fault::Raised(error)
    }
}

impl Fault {
    /// The exception for the caller. `place` adds the operation's name to a refusal.
    pub(crate) fn exception(self, py: Python<'_>, place: impl FnOnce(Error) -> Error) -> PyErr {
        match self {
            Fault::Refused(error) => exception(py, &place(error)),
            Fault::Raised(error) => error,
        }
    }
}

/// An argument, unless it is `NOT_GIVEN`.
pub(crate) fn given<'a, 'py>(
    argument: Option<&'a Bound<'py, PyAny>>,
) -> Option<&'a Bound<'py, PyAny>> {
    argument.filter(|value| !value.is_instance_of::<NotGiven>())
}

/// The parameters of an operation as a JSON object. Members that are `NOT_GIVEN` are left out.
pub(crate) fn parameters(
    operation: &str,
    params: &Bound<'_, PyDict>,
) -> Result<Map<String, Value>, Fault> {
    let mut place = ArgumentPath {
        what: "parameter",
        operation,
        path: Vec::new(),
    };
    match place.value(params)? {
        Value::Object(members) => Ok(members),
        _ => Err(place.refuse("must be a dict", "Give the parameters by name.")),
    }
}

/// An option that is a dict as a JSON object. Members that are `NOT_GIVEN` are left out.
pub(crate) fn object(name: &str, value: &Bound<'_, PyAny>) -> Result<Map<String, Value>, Fault> {
    let mut place = ArgumentPath {
        what: "option",
        operation: "",
        path: vec![name.to_owned()],
    };
    match place.value(value)? {
        Value::Object(members) => Ok(members),
        _ => Err(place.refuse("must be a dict", "Give the names with their values.")),
    }
}

/// Any value as JSON. `what` and `name` stand in the message of a refusal: "the setting timeout ...".
pub(crate) fn value(what: &str, name: &str, value: &Bound<'_, PyAny>) -> Result<Value, Fault> {
    let mut place = ArgumentPath {
        what,
        operation: "",
        path: vec![name.to_owned()],
    };
    place.value(value)
}

/// The path of a value within the arguments, for the message of a refusal.
struct ArgumentPath<'a> {
    what: &'a str,
    /// The operation whose parameters they are; empty for what is no parameter.
    operation: &'a str,
    path: Vec<String>,
}

impl<'py> ArgumentPath<'_> {
    fn value(&mut self, value: &Bound<'py, PyAny>) -> Result<Value, Fault> {
        if self.path.len() > DEEPEST {
            return Err(self.refuse(
                "is nested more than 100 levels deep, or contains itself",
                "Give flatter data, without the way back.",
            ));
        }
        if value.is_none() {
            return Ok(Value::Null);
        }
        if let Ok(text) = value.cast::<PyString>() {
            return match text.to_str() {
                Ok(text) => Ok(text.into()),
                Err(_) => Err(self.refuse(
                    "holds a lone surrogate, half a character, which is not text",
                    CUT,
                )),
            };
        }
        // Before the ints: a bool is an int in Python.
        if let Ok(flag) = value.cast::<PyBool>() {
            return Ok(flag.is_true().into());
        }
        if value.is_instance_of::<PyInt>() {
            return match (value.extract::<i64>(), value.extract::<u64>()) {
                (Ok(number), _) => Ok(number.into()),
                (_, Ok(number)) => Ok(number.into()),
                _ => Err(self.refuse(
                    "is a whole number of more than 64 bits",
                    "Give it as text: str(value).",
                )),
            };
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            return serde_json::Number::from_f64(number.value())
                .map(Value::Number)
                .ok_or_else(|| {
                    let problem = format!("is {}, which has no JSON form", number.value());
                    self.refuse(&problem, "Leave it out, or give a number.")
                });
        }
        if let Ok(dict) = value.cast::<PyDict>() {
            // The items are copied first: a caller's own mapping on the way, or another thread, may change the dict.
            return self.members(dict.items().iter().map(|pair| pair.extract()));
        }
        if let Ok(list) = value.cast::<PyList>() {
            return self.items(list.iter().map(Ok));
        }
        if let Ok(tuple) = value.cast::<PyTuple>() {
            return self.items(tuple.iter().map(Ok));
        }
        // A result has more members than the parameter it is given for, so it brings those alone that the parameter knows.
        if let Ok(result) = value.cast::<Model>() {
            let sent = result.get().to_json();
            return Ok(expected::known(&sent, self.operation, &self.path));
        }
        if let Ok(mapping) = value.cast::<PyMapping>() {
            let pairs = mapping.items()?;
            return self.members(pairs.iter().map(|pair| pair.extract()));
        }
        // Before the sequences: bytes are a sequence of ints, and would be sent as a list of them.
        let bytes = value.is_instance_of::<PyBytes>()
            || value.is_instance_of::<PyByteArray>()
            || value.is_instance_of::<PyMemoryView>();
        if bytes {
            return Err(self.foreign(
                value,
                "Upload it with client.attachments.upload, or give text: value.decode().",
            ));
        }
        if let Ok(sequence) = value.cast::<PySequence>() {
            let items = sequence.try_iter()?;
            return self.items(items);
        }
        if value.hasattr("__await__")? {
            return Err(self.foreign(value, "Await it first."));
        }
        match plain::of(value)? {
            Plain::Value(plain) => return self.value(&plain),
            Plain::Refused(problem, remedy) => return Err(self.refuse(&problem, remedy)),
            Plain::Unknown => {}
        }
        // A set has no order, and a generator can be read only once, so neither becomes a list by itself.
        if value.hasattr("__iter__")? {
            return Err(self.foreign(value, "Give a list: list(value)."));
        }
        Err(self.foreign(value, "Give text, a number, a bool, a list or a dict."))
    }

    fn members(
        &mut self,
        pairs: impl Iterator<Item = PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)>>,
    ) -> Result<Value, Fault> {
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
                    return Err(self.refuse(problem, CUT));
                }
                Err(_) => {
                    let problem = "has a member whose name is not text";
                    return Err(self.refuse(problem, "Give names as text: str(name)."));
                }
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
    ) -> Result<Value, Fault> {
        let mut list = Vec::new();
        for (position, item) in items.enumerate() {
            let item = item?;
            self.path.push(position.to_string());
            list.push(self.value(&item)?);
            self.path.pop();
        }
        Ok(Value::Array(list))
    }

    fn foreign(&self, value: &Bound<'_, PyAny>, remedy: &'static str) -> Fault {
        match value.get_type().name() {
            Ok(class) => {
                let problem = format!("is of type {class}, which has no JSON form");
                self.refuse(&problem, remedy)
            }
            Err(_) => self.refuse("has no JSON form", remedy),
        }
    }

    fn refuse(&self, problem: &str, remedy: impl Into<Cow<'static, str>>) -> Fault {
        // Names come from the caller's data and may have any length; the message stays readable.
        let path: String = self.path.join(".").chars().take(80).collect();
        let text = format!("the {} {} {problem}", self.what, path.escape_debug());
        Error::invalid_argument(text).with_hint(remedy).into()
    }
}
