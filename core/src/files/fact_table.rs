//! The table of the facts about files: the one wording of each, which every language's documentation renders.

/// One fact about files that move: what it is about, and what it says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FileFact {
    /// The part of the interface: a source of an `upload`, a target of a `download`, an argument of the `call`, or a member of the
    /// `result` of a download.
    pub section: &'static str,
    /// The name within the section.
    pub name: &'static str,
    /// The fact, in sentences. A language writes `an error of the kind` with its own name for the kind.
    pub doc: &'static str,
}

const fn fact(section: &'static str, name: &'static str, doc: &'static str) -> FileFact {
    FileFact { section, name, doc }
}

/// Every fact, section by section.
pub const FILE_FACTS: &[FileFact] = &[
    fact(
        "upload",
        "path",
        "The file at a path is read while it is sent, in constant memory. The last part of the path is its name unless another is given.",
    ),
    fact(
        "upload",
        "bytes",
        "Bytes have no name of their own, so one must be given.",
    ),
    fact(
        "upload",
        "seekable",
        "A source that can seek is read from where it stands to its end, while it is sent, in constant memory. Each further attempt begins there, too. After an error the source stands there again, and can be given again. One that stands at its end, after all its bytes, is an error of the kind `invalid_argument` before anything is sent; one without any bytes is a file of 0 bytes. One that cannot seek after all is read like a stream.",
    ),
    fact(
        "upload",
        "stream",
        "A stream is read once, while it is sent, in constant memory. After it was read the call makes no further attempt, and its error is not `retryable`.",
    ),
    fact(
        "upload",
        "size",
        "With a size the request announces its length. So many bytes are read and none beyond, since a stream may stay open; one that ends before is an error of the kind `file`.",
    ),
    fact(
        "download",
        "path",
        "The file appears at a path whole or not at all; in a folder it has the name that the server gives. It is written in constant memory. A new file has the permissions of any new file, one that is replaced keeps its own, and its owner and group where the process may set them. A file that exists is kept unless `overwrite` is set, and is an error of the kind `file`: before anything is sent, or in a folder after the answer, which alone names the file.",
    ),
    fact(
        "download",
        "stream",
        "A stream gets the file piece by piece, in constant memory. After an error the bytes that were written are the caller's to clean up.",
    ),
    fact(
        "download",
        "memory",
        "Without a target the file comes into memory, at most 256 MiB of it unless the client has another limit.",
    ),
    fact("call", "overwrite", "Replaces a file that exists."),
    fact(
        "call",
        "progress",
        "A function that is called with the number of bytes moved so far, and with the size of the whole file where it is known. It may cancel the call.",
    ),
    fact(
        "result",
        "path",
        "The path of the file, if it was written to one.",
    ),
    fact(
        "result",
        "content",
        "The bytes of the file, if they are in memory.",
    ),
    fact(
        "result",
        "name",
        "The name that the server gave the file, made safe as a file name, if it gave one. It begins with no dot and no dash.",
    ),
    fact(
        "result",
        "content_type",
        "The MIME type of the file, if the server gave one.",
    ),
    fact("result", "size", "The size of the file in bytes."),
    fact(
        "result",
        "sha256",
        "The SHA-256 of the file's bytes, in hexadecimal.",
    ),
];
