//! Objects of one shape: those with the same names in the same order, of which an answer has many.
//!
//! A dict that is copied from one of its shape has its names, and room for its values, at once. A small one has room anyway.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// So many shapes are kept, at most: a power of two.
const SLOTS: usize = 256;
/// Objects with more members than this are rarely of one shape.
const WIDEST: usize = 64;
/// A new dict has room for so many members.
const ROOM: usize = 5;
/// Nor are those of longer names kept.
const LONGEST: usize = 64;
/// So many other objects in a row take a shape's place.
const PATIENCE: u8 = 4;

/// A shape is moved by its address.
type Slots = Box<[Option<Box<DictShape>>]>;

/// The shapes of the process, while nobody uses them: bounded, so that a server cannot make them grow. They hold names only.
static SHAPES: Mutex<Option<Slots>> = Mutex::new(None);

/// A shape.
pub(crate) struct DictShape {
    /// The names, in their order.
    pub(crate) names: Vec<(Box<str>, Py<PyString>)>,
    /// A dict with these names, if they are many. Its values are None.
    pub(crate) empty: Option<Py<PyDict>>,
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
            empty: (names.len() > ROOM).then(|| empty.unbind()),
            names,
            misses: 0,
        }))
    }
}

/// The shapes, taken out: making objects may run Python, which may ask for shapes itself, or let another thread run.
pub(crate) struct DictShapes(Option<Slots>);

/// Where in an answer an object stands: objects that stand alike, of one length, are probably of one shape.
#[derive(Clone, Copy)]
pub(crate) struct ShapeKey(u32);

impl ShapeKey {
    /// The outermost value's.
    pub(crate) const ROOT: ShapeKey = ShapeKey(0);

    /// That of an object with so many members.
    pub(crate) fn object(self, length: usize) -> ShapeKey {
        self.member(length)
    }

    /// That of a member's value.
    pub(crate) fn member(self, position: usize) -> ShapeKey {
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

    /// The shape of the last objects at a place, taken out.
    pub(crate) fn take(&mut self, key: ShapeKey) -> Option<Box<DictShape>> {
        self.0.as_mut()?[key.slot()].take()
    }

    /// The shape served again.
    pub(crate) fn hit(&mut self, key: ShapeKey, mut shape: Box<DictShape>) {
        shape.misses = 0;
        self.put(key, shape);
    }

    /// The object was of another shape. When that was so too often, the next one's is learnt.
    pub(crate) fn miss(&mut self, key: ShapeKey, mut shape: Box<DictShape>) {
        shape.misses += 1;
        if shape.misses < PATIENCE {
            self.put(key, shape);
        }
    }

    /// The shape of an object with so many members becomes that of its place.
    pub(crate) fn learn(
        &mut self,
        key: ShapeKey,
        dict: &Bound<'_, PyDict>,
        length: usize,
    ) -> PyResult<()> {
        // Where a name stands twice there are fewer.
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
        drop(shapes);
        drop(others);
    }
}
