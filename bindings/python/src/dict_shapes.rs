//! Shapes of objects. Objects of one shape have the same names in the same order, and an answer has many of them.
//!
//! A copy of a dict of the same shape has all names, and room for the values, at once. A dict that grows member by member is
//! resized on the way, unless it is small.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// The most shapes that are kept: several times the models of this API. A power of two, so that the slot is a mask.
const SLOTS: usize = 256;
/// The most members of an object whose shape is kept. Wider objects are mostly maps, rarely two of one shape.
const WIDEST: usize = 64;
/// The members for which CPython's smallest dict has room: two thirds of its 8 slots. Up to there a copy saves no resizing.
const ROOM: usize = 5;
/// The longest name, in bytes, of a shape that is kept. Longer ones are mostly keys of a map, which do not come again.
const LONGEST: usize = 64;
/// The number of objects of other shapes in a row after which a shape is dropped. With 1 an object that stands out would cost
/// the shape of all others.
const PATIENCE: u8 = 4;

/// The shapes by their slots. Each is boxed, so that taking it out and putting it back moves a pointer.
type Slots = Box<[Option<Box<DictShape>>]>;

/// The shapes of the process while no thread uses them. Their number is bounded, so that a server cannot fill the memory. They
/// hold names, never values.
static SHAPES: Mutex<Option<Slots>> = Mutex::new(None);

/// The shape of a dict.
pub(crate) struct DictShape {
    /// The names, in their order.
    pub(crate) names: Vec<(Box<str>, Py<PyString>)>,
    /// A dict with these names, if they are many. Its values are None.
    pub(crate) empty: Option<Py<PyDict>>,
    /// The objects of other shapes since the last one of this shape.
    misses: u8,
}

impl DictShape {
    /// The shape of a dict, unless its names are too long to keep.
    fn of(dict: &Bound<'_, PyDict>) -> PyResult<Option<DictShape>> {
        let empty = PyDict::new(dict.py());
        let mut names = Vec::with_capacity(dict.len());
        for name in dict.keys() {
            let name = name.cast_into::<PyString>()?;
            empty.set_item(&name, dict.py().None())?;
            let text = name.to_str()?;
            if text.len() > LONGEST {
                return Ok(None);
            }
            names.push((text.into(), name.unbind()));
        }
        Ok(Some(DictShape {
            // Values of None keep the shape free of data, and None is what many of the values are.
            empty: (names.len() > ROOM).then(|| empty.unbind()),
            names,
            misses: 0,
        }))
    }
}

/// The shapes in use by one thread, taken out of `SHAPES`. A lock over the whole use could deadlock: making objects may run
/// Python code, which may need shapes itself or let another thread run.
pub(crate) struct DictShapes(Option<Slots>);

/// A hash of an object's position in an answer and of its length. Objects that agree in both are probably of one shape; the
/// names are compared in any case.
#[derive(Clone, Copy)]
pub(crate) struct ShapeKey(u32);

impl ShapeKey {
    /// The key of the outermost value.
    pub(crate) const ROOT: ShapeKey = ShapeKey(0);

    /// The key of an object with this many members.
    pub(crate) fn object(self, length: usize) -> ShapeKey {
        self.member(length)
    }

    /// The key of the value of the member at this position.
    pub(crate) fn member(self, position: usize) -> ShapeKey {
        // Fibonacci hashing: 2^32 divided by the golden ratio spreads small numbers over the upper bits, which `slot` takes.
        ShapeKey((self.0.rotate_left(5) ^ position as u32).wrapping_mul(0x9e37_79b9))
    }

    fn slot(self) -> usize {
        (self.0 >> 16) as usize % SLOTS
    }
}

impl DictShapes {
    pub(crate) fn new() -> DictShapes {
        let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        DictShapes(shapes.take())
    }

    /// Takes out the shape of the last objects of this key.
    pub(crate) fn take(&mut self, key: ShapeKey) -> Option<Box<DictShape>> {
        self.0.as_mut()?[key.slot()].take()
    }

    /// Puts a shape back that an object had.
    pub(crate) fn hit(&mut self, key: ShapeKey, mut shape: Box<DictShape>) {
        shape.misses = 0;
        self.put(key, shape);
    }

    /// Puts a shape back that an object did not have. After `PATIENCE` such objects it is dropped instead, and the next
    /// object's shape is learnt.
    pub(crate) fn miss(&mut self, key: ShapeKey, mut shape: Box<DictShape>) {
        shape.misses += 1;
        if shape.misses < PATIENCE {
            self.put(key, shape);
        }
    }

    /// Keeps the shape of an object that had this many members in the text.
    pub(crate) fn learn(
        &mut self,
        key: ShapeKey,
        dict: &Bound<'_, PyDict>,
        length: usize,
    ) -> PyResult<()> {
        // An object with the same name twice makes a smaller dict, whose names do not follow the text.
        if length <= WIDEST
            && length == dict.len()
            && let Some(shape) = DictShape::of(dict)?
        {
            self.put(key, Box::new(shape));
        }
        Ok(())
    }

    fn put(&mut self, key: ShapeKey, shape: Box<DictShape>) {
        let shapes = self
            .0
            .get_or_insert_with(|| (0..SLOTS).map(|_| None).collect());
        shapes[key.slot()] = Some(shape);
    }
}

impl Drop for DictShapes {
    fn drop(&mut self) {
        let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        let others = std::mem::replace(&mut *shapes, self.0.take());
        // Outside of the lock: the table that another thread has put there may be large.
        drop(shapes);
        drop(others);
    }
}
