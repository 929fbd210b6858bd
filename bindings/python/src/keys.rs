//! Names of members as Python strings, made once: they come again in every object, and in every answer.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;

const SLOTS: usize = 512;
const LONGEST: usize = 32;
/// How many names of one document are at hand.
const NEAR: usize = 256;

/// A name, and the string made of it.
type Entry = Option<(Box<str>, Py<PyString>)>;

/// One place a hash: a bounded cache that a server cannot make grow.
static NAMES: Mutex<[Entry; SLOTS]> = Mutex::new([const { None }; SLOTS]);

/// The names of one document, before all others are asked: they lie in its text, so that nothing is copied or locked.
pub(crate) struct Names<'a, 'py> {
    py: Python<'py>,
    slots: [Option<(&'a str, Bound<'py, PyString>)>; NEAR],
}

impl<'a, 'py> Names<'a, 'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        let slots = [const { None }; NEAR];
        Names { py, slots }
    }

    /// The name as a Python string.
    pub(crate) fn python(&mut self, name: &'a str) -> &Bound<'py, PyString> {
        let first = glance(name);
        let is_here =
            |slot: &Option<(&str, _)>| slot.as_ref().is_none_or(|(known, _)| *known == name);
        let second = (first + 1) % NEAR;
        let place = if is_here(&self.slots[first]) || !is_here(&self.slots[second]) {
            first
        } else {
            second
        };
        let slot = &mut self.slots[place];
        if !is_here(slot) {
            *slot = None;
        }
        let (_, string) = slot.get_or_insert_with(|| (name, python(self.py, name)));
        string
    }
}

/// A slot for a name, from its length and at most 16 of its letters.
fn glance(name: &str) -> usize {
    let bytes = name.as_bytes();
    let word = |letters: &[u8]| {
        letters
            .iter()
            .fold(0, |word, letter| word << 8 | u64::from(*letter))
    };
    let letters = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            u64::from_be_bytes(*first) ^ u64::from_be_bytes(*last).rotate_left(29)
        }
        _ => word(bytes),
    };
    let mixed = (letters ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 56) as usize % NEAR
}

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
