//! Readers for everything in values but text.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::{Node, NodeKind};

use crate::guard;
use crate::value::{Value, node_at};

/// The type of a JSON value: one of `PENBOX_TYPE_*`. It is a number, not the enumeration, whose size compilers choose.
pub type Type = i32;

/// The values of `penbox_type`.
#[repr(C)]
#[expect(
    non_camel_case_types,
    reason = "the names of C are written out, as cbindgen takes them"
)]
pub enum TypeCode {
    /// No value is there.
    PENBOX_TYPE_ABSENT = 0,
    /// A null.
    PENBOX_TYPE_NULL = 1,
    /// A true or false.
    PENBOX_TYPE_BOOL = 2,
    /// A number.
    PENBOX_TYPE_NUMBER = 3,
    /// A text.
    PENBOX_TYPE_STRING = 4,
    /// A list.
    PENBOX_TYPE_ARRAY = 5,
    /// An object.
    PENBOX_TYPE_OBJECT = 6,
}

/// Returns the type of the value at a JSON Pointer. Returns `PENBOX_TYPE_ABSENT` if nothing is
/// there, and for NULL.
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

/// Returns true if there is a value at a JSON Pointer; a JSON null is one. Returns false for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_has(value: Option<&Value>, pointer: *const c_char) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe { node_at(value, pointer) }.is_some())
}

/// Returns true if the value at a JSON Pointer is a JSON null. Returns false if it is another
/// value or absent, and for NULL.
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

/// Returns the number of items or members of the list or object at a JSON Pointer. Returns 0
/// for other types, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_size(value: Option<&Value>, pointer: *const c_char) -> usize {
    guard::read(0, || {
        // SAFETY: the caller passes NULL or a C string.
        unsafe { node_at(value, pointer) }.map_or(0, Node::len)
    })
}

/// Reads the whole number at a JSON Pointer into `*out` and returns true. Returns false and leaves `*out` unchanged if
/// there is none that fits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_int64(
    value: Option<&Value>,
    pointer: *const c_char,
    out: Option<&mut MaybeUninit<i64>>,
) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe { read(value, pointer, out, Node::as_i64) })
}

/// Reads the number at a JSON Pointer into `*out` and returns true. Returns false and leaves `*out` unchanged if there
/// is none. Whole numbers beyond 2^53 lose digits here, but not in `penbox_value_int64`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_double(
    value: Option<&Value>,
    pointer: *const c_char,
    out: Option<&mut MaybeUninit<f64>>,
) -> bool {
    // SAFETY: the caller passes NULL or a C string.
    guard::read(false, || unsafe { read(value, pointer, out, Node::as_f64) })
}

/// Reads the true or false at a JSON Pointer into `*out` and returns true. Returns false and leaves `*out` unchanged if
/// there is none.
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

/// Writes what `kind` reads at a pointer to `out`, and returns true if there is such a value.
///
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
        // A NULL `out` takes no value, so the caller must not believe that it has one.
        _ => false,
    }
}
