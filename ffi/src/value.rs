//! Values: an answer and its parts.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::collections::HashMap;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use penbox_core::bindings::{Answer, Document, Node, NodeKind, ResponseInfo};

use crate::error::Error;
use crate::status::Status;
use crate::strings::Strings;
use crate::{guard, input, json};

/// A JSON value: an answer, an item of a list, or a part of either.
///
/// Strings and parts that are read from a value belong to it. They keep their addresses until the value is freed.
pub struct Value {
    document: Document,
    /// The index of this value's node in the document.
    index: u32,
    head: Option<Arc<ResponseInfo>>,
    /// The indices of the items or members. They are found at the first read by position, for a document goes from one
    /// node to the next, and reading all items by position would else take quadratic time.
    order: OnceLock<Box<[u32]>>,
    /// The parts that were read, by their index. An `Arc` keeps the address of each while the map grows.
    parts: Mutex<HashMap<u32, Arc<Value>>>,
    pub(crate) strings: Strings,
}

impl Value {
    /// Makes a value of the node at `index`. `head` is the HTTP side of the answer, if the value is from one.
    pub(crate) fn new(document: Document, index: u32, head: Option<Arc<ResponseInfo>>) -> Value {
        Value {
            document,
            index,
            head,
            order: OnceLock::new(),
            parts: Mutex::default(),
            strings: Strings::default(),
        }
    }

    /// Makes a value of a whole answer.
    pub(crate) fn of_answer(answer: Answer) -> Value {
        // The node at index 0 is the outermost one.
        Value::new(answer.document, 0, answer.response)
    }

    /// Returns the HTTP side of the answer that the value is from.
    pub(crate) fn head(&self) -> Option<&ResponseInfo> {
        self.head.as_deref()
    }

    /// Returns the node of this value.
    pub(crate) fn node(&self) -> Node<'_> {
        self.document
            .node(self.index)
            // Every index is one that the document gave, so this is never needed; it spares a panic.
            .unwrap_or_else(|| self.document.root())
    }

    /// Returns a part as a value of its own. It is made once and kept as long as this one.
    fn part(&self, index: u32) -> *const Value {
        // The value itself, and no copy that would hold strings of its own.
        if index == self.index {
            return self;
        }
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts.entry(index).or_insert_with(|| {
            Arc::new(Value::new(self.document.clone(), index, self.head.clone()))
        });
        Arc::as_ptr(part)
    }

    /// Returns the indices of the items or members, and none for other types.
    fn order(&self) -> &[u32] {
        self.order.get_or_init(|| match self.node().kind() {
            NodeKind::Array => self.node().items().map(Node::index).collect(),
            NodeKind::Object => self
                .node()
                .members()
                .map(|(_, node)| node.index())
                .collect(),
            _ => Box::default(),
        })
    }
}

/// Returns the node at a JSON Pointer in a value. Returns `None` for NULL, for a pointer that is not UTF-8, and if
/// nothing is there.
///
/// # Safety
/// `pointer` is NULL or a C string.
pub(crate) unsafe fn node_at<'v>(
    value: Option<&'v Value>,
    pointer: *const c_char,
) -> Option<Node<'v>> {
    // SAFETY: the caller's promise is this function's own.
    value?
        .node()
        .pointer(unsafe { input::maybe_text(pointer) }?)
}

/// Makes a value from any JSON text, such as a stored answer. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for text that
/// is not JSON or nests deeper than 127 levels.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_from_json(
    json: *const c_char,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let text = unsafe { input::text(json, "json") }?;
        let document = Document::parse(text.to_owned()).map_err(|error| json::not_json(&error))?;
        Ok(Value::new(document, 0, None))
    })
}

/// Returns the part at a JSON Pointer, such as `"/data/0/user"`, or NULL if nothing is there. `""` is the value itself.
/// The part belongs to `value`: never free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_get(
    value: Option<&Value>,
    pointer: *const c_char,
) -> *const Value {
    guard::read(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a C string.
        let node = unsafe { node_at(value, pointer) };
        match (value, node) {
            (Some(value), Some(node)) => value.part(node.index()),
            _ => std::ptr::null(),
        }
    })
}

/// Returns the item of a list or the member of an object at a position, which is at least 0 and less than
/// `penbox_value_size(value, "")`. Returns NULL for other positions and other types. The part belongs to `value`: never
/// free it.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_at(value: Option<&Value>, position: usize) -> *const Value {
    guard::read(std::ptr::null(), || {
        value
            .and_then(|value| Some(value.part(*value.order().get(position)?)))
            .unwrap_or(std::ptr::null())
    })
}

/// Frees a value with its strings and parts. Use it only for values from `*out`. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_free(value: Option<Box<Value>>) {
    guard::read((), move || drop(value));
}
