//! The functions of operations that move a file: one for each way it may come or go.

use super::doc;
use crate::spec::{Operation, Spec};

/// A way for a file: the end of the function's name, what is said of it, and its arguments beyond those of every operation.
pub(super) struct Way {
    pub(super) name: &'static str,
    about: &'static str,
    arguments: &'static [(&'static str, &'static str)],
}

/// The ways to send a file in C.
const UPLOAD: &[Way] = &[
    Way {
        name: "file",
        about: "The file at `path` is read while it is sent, in constant memory. `/name` is the last part of the path unless given.",
        arguments: &[("path", "*const c_char")],
    },
    Way {
        name: "reader",
        about: "The file is what `read` gives, read while it is sent, in constant memory. With `size` (bytes; -1 where it is not \
                known) the request says its length, and anything but that many bytes is `PENBOX_ERROR_FILE`. It is read once: after \
                it was read, an error says that the call is not retryable.",
        arguments: &[("read", "ReadCallback"), ("size", "i64")],
    },
    Way {
        name: "seekable",
        about: "The file is what `read` gives from where it stands to its end, read while it is sent, in constant memory. `seek` brings \
                it back: for another attempt, and after an error, so that the same call can be made again. What stands at its end, \
                behind all its bytes, is `PENBOX_ERROR_INVALID_ARGUMENT` before anything is sent; what has no bytes is a file of 0 \
                bytes. If `seek` cannot report the position, the file is read as by `_reader`.",
        arguments: &[("read", "ReadCallback"), ("seek", "SeekCallback")],
    },
    Way {
        name: "bytes",
        about: "The file is the `size` bytes at `bytes`, which must not change meanwhile and are not copied.",
        arguments: &[("bytes", "*const u8"), ("size", "usize")],
    },
];

/// The ways to fetch a file in C.
const DOWNLOAD: &[Way] = &[
    Way {
        name: "file",
        about: "The file goes to `path`, or into the folder `path` under the name the server gives, in constant memory. It appears \
                whole or not at all. One that exists is kept unless `overwrite`: `PENBOX_ERROR_FILE`, before anything is \
                sent if `path` is the file's own.",
        arguments: &[("path", "*const c_char"), ("overwrite", "bool")],
    },
    Way {
        name: "writer",
        about: "The file goes to `write`, piece by piece, in constant memory. What was written when an error comes is the caller's to \
                clean up.",
        arguments: &[("write", "WriteCallback")],
    },
];

/// The sentence about the arguments of every such function.
const PROGRESS: &str = "`progress`, which may be NULL, is called while bytes move. `user` is passed to the callbacks unchanged.";

/// The ways that an operation has.
pub(super) fn ways(operation: &Operation) -> &'static [Way] {
    match operation.transfer.as_str() {
        "upload" => UPLOAD,
        "download" => DOWNLOAD,
        _ => &[],
    }
}

/// A way of C++: the end of the method's name, what it gives to the mechanics, its arguments, and what is said of it.
pub(super) struct Method {
    pub(super) name: &'static str,
    /// The C function behind it.
    pub(super) way: &'static str,
    pub(super) arguments: &'static [(&'static str, &'static str)],
    /// True where the parameters may be left out although the spec requires some: a path has a name of its own.
    pub(super) named: bool,
    pub(super) about: &'static str,
}

/// The ways to send a file in C++, where a stream of the standard library stands for C's `_seekable`.
const UPLOAD_METHODS: &[Method] = &[
    Method {
        name: "file",
        way: "file",
        arguments: &[("const Text &", "path")],
        named: true,
        about: UPLOAD[0].about,
    },
    Method {
        name: "reader",
        way: "reader",
        arguments: &[
            ("const Reader &", "read"),
            ("std::optional<std::uint64_t> ", "size"),
        ],
        named: false,
        about: "The file is what `read` gives, read while it is sent, in constant memory. With `size` in bytes the request says its \
                length, and anything but that many bytes throws FileError. It is read once: after it was read, an error says that the \
                call is not retryable.",
    },
    Method {
        name: "stream",
        way: "seekable",
        arguments: &[("std::istream &", "source")],
        named: false,
        about: "The file is what `source` has from where it stands to its end, read while it is sent, in constant memory. After an error \
                it stands where it stood before the call, and can be given again. One that stands at its end, behind all its bytes, \
                throws InvalidArgumentError before anything is sent; one without any bytes is a file of 0 bytes. Where it cannot be \
                brought back, as a pipe cannot, it is read once.",
    },
    Method {
        name: "bytes",
        way: "bytes",
        arguments: &[("const detail::Bytes &", "bytes")],
        named: false,
        about: "The file is `bytes`.",
    },
];

/// The ways to fetch a file in C++.
const DOWNLOAD_METHODS: &[Method] = &[
    Method {
        name: "file",
        way: "file",
        arguments: &[("const Text &", "path"), ("detail::Flag ", "overwrite")],
        named: false,
        about: "The file goes to `path`, or into the folder `path` under the name the server gives, in constant memory. It appears \
                whole or not at all. One that exists is kept unless `overwrite`: FileError, before anything is sent if the path is the file's own.",
    },
    Method {
        name: "writer",
        way: "writer",
        arguments: &[("const Writer &", "write")],
        named: false,
        about: DOWNLOAD[1].about,
    },
    Method {
        name: "bytes",
        way: "writer",
        arguments: &[],
        named: false,
        about: "The file goes into memory, the `content` of the result.",
    },
];

/// The methods of C++ that an operation has.
pub(super) fn methods(operation: &Operation) -> &'static [Method] {
    match operation.transfer.as_str() {
        "upload" => UPLOAD_METHODS,
        "download" => DOWNLOAD_METHODS,
        _ => &[],
    }
}

/// The types that these ways need, sorted.
pub(super) fn types(ways: impl Iterator<Item = &'static Way>) -> Vec<&'static str> {
    let mut found = vec!["ProgressCallback", "User", "Watch"];
    for (_, ty) in ways.flat_map(|way| way.arguments) {
        if ty.ends_with("Callback") {
            found.push(ty);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The name of the function, without `penbox_` and the resource.
pub(super) fn function(operation: &Operation, way: &Way) -> String {
    format!("{}_{}", operation.method_name(), way.name)
}

/// The exported functions of an operation.
pub(super) fn exported(spec: &Spec, operation: &Operation) -> String {
    ways(operation)
        .iter()
        .map(|way| one(spec, operation, way))
        .collect()
}

/// The exported function for one way.
fn one(spec: &Spec, operation: &Operation, way: &Way) -> String {
    let mut about = doc::operation(spec, operation, 116, false);
    let mut more = doc::wrap(&format!("{} {PROGRESS}", way.about), 116, 0);
    more.push(String::new());
    // The first paragraph says what the operation does; the way comes after it.
    let place = about
        .iter()
        .position(String::is_empty)
        .map_or(0, |at| at + 1);
    about.splice(place..place, more);
    let arguments: String = way
        .arguments
        .iter()
        .map(|(name, ty)| format!("    {name}: {ty},\n"))
        .collect();
    let names: Vec<&str> = way.arguments.iter().map(|(name, _)| *name).collect();
    let inner = format!("transfer::{}_{}", operation.transfer, way.name);
    format!(
        "
{}#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn penbox_{}_{}(
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
{arguments}    progress: ProgressCallback,
    user: *mut c_void,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {{
    let call = Call {{
        id: \"{}\",
        client,
        params,
        options,
    }};
    let user = User(user);
    let watch = Watch {{ progress, user }};
    // SAFETY: the caller keeps the rules of the header.
    unsafe {{ {inner}(&call, {}, watch, out, err) }}
}}
",
        doc::comment("///", &about),
        operation.resource(),
        function(operation, way),
        operation.id,
        names.join(", ")
    )
}
