//! Values: what came back, and the parts of it.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::collections::HashMap;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use penbox_core::bindings::{Answer, Document, Node, NodeKind};

use crate::error::Error;
use crate::status::Status;
use crate::strings::Strings;
use crate::{guard, input, json};

/// A JSON value: an answer, an item of a list, or a part of either.
///
/// What is read from it (strings, parts) belongs to it and stays at its address until the value is freed.
pub struct Value {
    document: Document,
    place: u32,
    head: Option<Arc<Head>>,
    order: OnceLock<Box<[u32]>>,
    parts: Mutex<HashMap<u32, Arc<Value>>>,
    pub(crate) strings: Strings,
}

/// The HTTP side of an answer.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    /// The two halves of an answer.
    pub(crate) fn split(answer: Answer) -> (Document, Arc<Head>) {
        let head = Head {
            status: answer.status,
            headers: answer.headers,
        };
        (answer.document, Arc::new(head))
    }
}

impl Value {
    pub(crate) fn new(document: Document, place: u32, head: Option<Arc<Head>>) -> Value {
        Value {
            document,
            place,
            head,
            order: OnceLock::new(),
            parts: Mutex::default(),
            strings: Strings::default(),
        }
    }

    pub(crate) fn of_answer(answer: Answer) -> Value {
        let (document, head) = Head::split(answer);
        Value::new(document, 0, Some(head))
    }

    pub(crate) fn head(&self) -> Option<&Head> {
        self.head.as_deref()
    }

    pub(crate) fn node(&self) -> Node<'_> {
        self.document
            .node(self.place)
            .unwrap_or_else(|| self.document.root())
    }

    /// A part as a value of its own, made once and kept as long as this one.
    fn part(&self, place: u32) -> *const Value {
        if place == self.place {
            return self;
        }
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts.entry(place).or_insert_with(|| {
            Arc::new(Value::new(self.document.clone(), place, self.head.clone()))
        });
        Arc::as_ptr(part)
    }

    /// The places of the items or members.
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

/// The node of a value that a pointer leads to.
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

/// A value from any JSON text, such as a stored answer. Text that is not JSON, or nests deeper than 128 levels, is
/// `PENBOX_ERROR_INVALID_ARGUMENT`.
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

/// The part that a JSON Pointer (`"/data/0/user"`; `""` is the value itself) leads to, or NULL. It belongs to `value`:
/// never free it.
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

/// The item of a list, or the member of an object, at a position from 0 to below `penbox_value_size(value, "")`; NULL
/// elsewhere. It belongs to `value`: never free it.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_at(value: Option<&Value>, position: usize) -> *const Value {
    guard::read(std::ptr::null(), || {
        value
            .and_then(|value| Some(value.part(*value.order().get(position)?)))
            .unwrap_or(std::ptr::null())
    })
}

/// Frees a value with all that was read from it. Only for values that a function gave in `*out`. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_free(value: Option<Box<Value>>) {
    guard::read((), move || drop(value));
}
