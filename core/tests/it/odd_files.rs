//! Downloads whose name or coding is not what was asked for.

use penbox::{Download, ErrorKind, Outcome};

use crate::common::{Server, Step, answer};

#[test]
fn a_name_that_is_no_utf8_is_latin_1() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 1\r\ncontent-disposition: attachment; filename=\"Stra".to_vec();
    bytes.extend_from_slice(b"\xdfe.pdf\"\r\n\r\nx");
    let server = Server::start(vec![Step::Answer(bytes)]);
    let to = Download::to(folder.path());
    let file = server.client().attachments().download("a", to).unwrap();
    assert_eq!(file.name.as_deref(), Some("Straße.pdf"));
    assert!(folder.path().join("Straße.pdf").exists());
}

/// 209 bytes that begin as a PDF, compressed.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0x53, 0x0d, 0x70, 0x71, 0xd3, 0x35, 0xd4, 0x33, 0x57, 0xa8,
    0x18, 0x26, 0, 0, 0xad, 0x6b, 0x8e, 0x79, 0xd1, 0, 0, 0,
];

#[test]
fn a_file_that_was_compressed_on_its_way_is_whole_or_an_error() {
    let chunked = |bytes: &[u8], end: &[u8]| {
        let mut answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        answer.extend(format!("{:x}\r\n", bytes.len()).into_bytes());
        answer.extend_from_slice(bytes);
        answer.extend_from_slice(end);
        Step::AnswerAndClose(answer)
    };
    let server = Server::start(vec![
        chunked(GZIP, b"\r\n0\r\n\r\n"),
        chunked(&GZIP[..20], b"\r\n0\r\n\r\n"),
        chunked(GZIP, b""),
        answer(
            "200 OK",
            "content-type: application/pdf\r\ncontent-encoding: gzip\r\n",
            GZIP,
        ),
    ]);
    let client = server.client();
    let get = || client.attachments().download("a", Download::memory());
    let file = get().unwrap();
    assert_eq!(file.size, 209);
    for words in ["is damaged", "is damaged", "has compressed it"] {
        let error = get().unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Response, Outcome::Done)
        );
        assert!(error.message().contains(words), "{error}");
    }
}
