//! The functions of operations that move a file: one for each way it may come or go.

use super::doc;
use crate::language::Language;
use crate::spec::{Operation, Spec};
use crate::wrap::wrap;

/// A way for a file: the end of the function's name, the facts of the contract about it, what C has to say besides, and its
/// arguments beyond those of every operation.
pub(super) struct Way {
    pub(super) name: &'static str,
    facts: &'static [&'static str],
    own: &'static str,
    arguments: &'static [(&'static str, &'static str)],
}

/// The ways to send a file in C.
const UPLOAD: &[Way] = &[
    Way {
        name: "file",
        facts: &["upload.path"],
        own: "",
        arguments: &[("path", "*const c_char")],
    },
    Way {
        name: "reader",
        facts: &["upload.stream", "upload.size"],
        own: "`read` gives the bytes. `size` is in bytes, and -1 where it is not known.",
        arguments: &[("read", "ReadCallback"), ("size", "i64")],
    },
    Way {
        name: "seekable",
        facts: &["upload.seekable"],
        own: "`read` gives the bytes, and `seek` moves the place from which it reads.",
        arguments: &[("read", "ReadCallback"), ("seek", "SeekCallback")],
    },
    Way {
        name: "bytes",
        facts: &["upload.bytes"],
        own: "The file is the `size` bytes at `bytes`, which must not change meanwhile and are not copied.",
        arguments: &[("bytes", "*const u8"), ("size", "usize")],
    },
];

/// The ways to fetch a file in C.
const DOWNLOAD: &[Way] = &[
    Way {
        name: "file",
        facts: &["download.path"],
        own: "",
        arguments: &[("path", "*const c_char"), ("overwrite", "bool")],
    },
    Way {
        name: "writer",
        facts: &["download.stream"],
        own: "`write` takes the bytes.",
        arguments: &[("write", "WriteCallback")],
    },
];

/// The sentences about a way, those of the contract first.
pub(super) fn about(
    spec: &Spec,
    language: Language,
    facts: &[&str],
    own: &str,
) -> Result<String, String> {
    let mut words = facts
        .iter()
        .map(|id| Ok(language.sentences(spec.file_facts.named(id)?)))
        .collect::<Result<Vec<_>, String>>()?;
    words.push(own.to_owned());
    Ok(words.join(" ").trim_end().to_owned())
}

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

/// A way of C++: the end of the method's name, what it gives to the mechanics, its arguments, the facts of the contract about it,
/// and what C++ has to say besides.
pub(super) struct Method {
    pub(super) name: &'static str,
    /// The C function behind it.
    pub(super) way: &'static str,
    pub(super) arguments: &'static [(&'static str, &'static str)],
    /// True where the parameters may be left out although the spec requires some: a path has a name of its own.
    pub(super) named: bool,
    pub(super) facts: &'static [&'static str],
    pub(super) own: &'static str,
}

/// The ways to send a file in C++, where a stream of the standard library stands for C's `_seekable`.
const UPLOAD_METHODS: &[Method] = &[
    Method {
        name: "file",
        way: "file",
        arguments: &[("const Text &", "path")],
        named: true,
        facts: UPLOAD[0].facts,
        own: "",
    },
    Method {
        name: "reader",
        way: "reader",
        arguments: &[
            ("const Reader &", "read"),
            ("std::optional<std::uint64_t> ", "size"),
        ],
        named: false,
        facts: UPLOAD[1].facts,
        own: "`read` gives the bytes. `size` is in bytes.",
    },
    Method {
        name: "stream",
        way: "seekable",
        arguments: &[("std::istream &", "source")],
        named: false,
        facts: UPLOAD[2].facts,
        own: "",
    },
    Method {
        name: "bytes",
        way: "bytes",
        arguments: &[("const detail::Bytes &", "bytes")],
        named: false,
        facts: UPLOAD[3].facts,
        own: "The file is `bytes`.",
    },
];

/// The ways to fetch a file in C++.
const DOWNLOAD_METHODS: &[Method] = &[
    Method {
        name: "file",
        way: "file",
        arguments: &[("const Text &", "path"), ("detail::Flag ", "overwrite")],
        named: false,
        facts: DOWNLOAD[0].facts,
        own: "",
    },
    Method {
        name: "writer",
        way: "writer",
        arguments: &[("const Writer &", "write")],
        named: false,
        facts: DOWNLOAD[1].facts,
        own: "`write` takes the bytes.",
    },
    Method {
        name: "bytes",
        way: "writer",
        arguments: &[],
        named: false,
        facts: &["download.memory"],
        own: "It is the `content` of the result.",
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
pub(super) fn exported(spec: &Spec, operation: &Operation) -> Result<String, String> {
    ways(operation)
        .iter()
        .map(|way| one(spec, operation, way))
        .collect()
}

/// The exported function for one way.
fn one(spec: &Spec, operation: &Operation, way: &Way) -> Result<String, String> {
    let mut about = doc::operation(spec, operation, 116, false);
    let words = self::about(spec, Language::C, way.facts, way.own)?;
    let mut more = wrap(&format!("{words} {PROGRESS}"), 116, "", "");
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
    Ok(format!(
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
    ))
}
