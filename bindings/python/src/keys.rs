//! Names of members as Python strings, made once: they come again in every object.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;

const SLOTS: usize = 512;
const LONGEST: usize = 32;

/// A name, and the string made of it.
type Entry = Option<(Box<str>, Py<PyString>)>;

/// One place a hash: a bounded cache that a server cannot make grow.
static NAMES: Mutex<[Entry; SLOTS]> = Mutex::new([const { None }; SLOTS]);

/// The name as a Python string.
pub(crate) fn python<'py>(py: Python<'py>, name: &str) -> Bound<'py, PyString> {
    if name.len() > LONGEST {
        return PyString::new(py, name);
    }
    let slot = hash(name) as usize % SLOTS;
    {
        let names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, string)) = &names[slot]
            && **known == *name
        {
            return string.bind(py).clone();
        }
    }
    let string = PyString::new(py, name);
    let entry = Some((name.into(), string.clone().unbind()));
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let old = std::mem::replace(&mut names[slot], entry);
    drop(names);
    drop(old);
    string
}

/// FNV-1a: short names, no secret to keep.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
