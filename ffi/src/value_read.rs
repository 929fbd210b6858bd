//! Everything in values that is no text.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::{Node, NodeKind};

use crate::guard;
use crate::value::{Value, node_at};

/// What a value is: one of `PENBOX_TYPE_*`.
pub type Type = i32;

/// The values of `penbox_type`.
#[repr(C)]
#[expect(
    non_camel_case_types,
    reason = "the names of C are written out, as cbindgen takes them"
)]
pub enum TypeCode {
    /// Nothing is there.
    PENBOX_TYPE_ABSENT = 0,
    /// null.
    PENBOX_TYPE_NULL = 1,
    /// true or false.
    PENBOX_TYPE_BOOL = 2,
    /// A number.
    PENBOX_TYPE_NUMBER = 3,
    /// Text.
    PENBOX_TYPE_STRING = 4,
    /// A list.
    PENBOX_TYPE_ARRAY = 5,
    /// An object.
    PENBOX_TYPE_OBJECT = 6,
}

/// What a JSON Pointer leads to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_type(value: Option<&Value>, pointer: *const c_char) -> Type {
    guard::read(TypeCode::PENBOX_TYPE_ABSENT as Type, || {
        // SAFETY: the caller passes NULL or a C string.
        let code = match unsafe { node_at(value, pointer) }.map(Node::kind) {
            Some(NodeKind::Null) => TypeCode::PENBOX_TYPE_NULL,
            Some(NodeKind::Boolean) => TypeCode::PENBOX_TYPE_BOOL,
            Some(NodeKind::Number) => TypeCode::PENBOX_TYPE_NUMBER,
            Some(NodeKind::String) => TypeCode::PENBOX_TYPE_STRING,
            Some(NodeKind::Array) => TypeCode::PENBOX_TYPE_ARRAY,
            Some(NodeKind::Object) => TypeCode::PENBOX_TYPE_OBJECT,
            _ => TypeCode::PENBOX_TYPE_ABSENT,
        };
        code as Type
    })
}

/// Whether a JSON Pointer leads to anything; null counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_has(value: Option<&Value>, pointer: *const c_char) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe { node_at(value, pointer) }.is_some())
}

/// Whether a JSON Pointer leads to null. False where there is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_is_null(
    value: Option<&Value>,
    pointer: *const c_char,
) -> bool {
    guard::read(false, || {
        // SAFETY: the caller passes NULL or a C string.
        unsafe { node_at(value, pointer) }.is_some_and(Node::is_null)
    })
}

/// How many items or members a JSON Pointer leads to; 0 for what is no list and no object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_size(value: Option<&Value>, pointer: *const c_char) -> usize {
    guard::read(0, || {
        // SAFETY: the caller passes NULL or a C string.
        unsafe { node_at(value, pointer) }.map_or(0, Node::len)
    })
}

/// Reads a whole number: true and `*out` where a JSON Pointer leads to one that fits, else false and `*out` untouched.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_int64(
    value: Option<&Value>,
    pointer: *const c_char,
    out: Option<&mut MaybeUninit<i64>>,
) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe { read(value, pointer, out, Node::as_i64) })
}

/// Reads a number: true and `*out` where a JSON Pointer leads to one, else false and `*out` untouched. Whole numbers beyond
/// 2^53 lose digits; `penbox_value_int64` does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_double(
    value: Option<&Value>,
    pointer: *const c_char,
    out: Option<&mut MaybeUninit<f64>>,
) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe { read(value, pointer, out, Node::as_f64) })
}

/// Reads true or false: true and `*out` where a JSON Pointer leads to one of them, else false and `*out` untouched.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_bool(
    value: Option<&Value>,
    pointer: *const c_char,
    out: Option<&mut MaybeUninit<bool>>,
) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe {
        read(value, pointer, out, Node::as_bool)
    })
}

/// The HTTP status of the answer that the value came with; 0 for a value from elsewhere.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_http_status(value: Option<&Value>) -> i32 {
    guard::read(0, || {
        value
            .and_then(Value::head)
            .map_or(0, |head| i32::from(head.status))
    })
}

/// # Safety
/// `pointer` is NULL or a C string.
unsafe fn read<'v, T>(
    value: Option<&'v Value>,
    pointer: *const c_char,
    out: Option<&mut MaybeUninit<T>>,
    kind: impl FnOnce(Node<'v>) -> Option<T>,
) -> bool {
    // SAFETY: the caller's promise is this function's own.
    let found = unsafe { node_at(value, pointer) }.and_then(kind);
    match (out, found) {
        (Some(out), Some(found)) => {
            out.write(found);
            true
        }
        _ => false,
    }
}
