//! One file as `multipart/form-data` (RFC 7578), with names that cannot leave their header.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind, Result};
use crate::system;

/// The bytes before and after a file's bytes in the body.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The `Content-Type` of the request, which holds the boundary.
    pub(crate) content_type: String,
    /// The text fields and the header of the file's part.
    pub(crate) head: Vec<u8>,
    /// The closing boundary.
    pub(crate) tail: Vec<u8>,
}

impl Frame {
    /// A frame with text fields and one file field named `file`.
    ///
    /// The boundary has 128 bits of the system's random numbers, so no file can hold it by accident or on purpose.
    pub(crate) fn new(fields: &[(&str, &str)], name: &str, mime_type: &str) -> Result<Frame> {
        let mut random = [0; 16];
        system::fill_random(&mut random).map_err(|error| {
            Error::new(
                ErrorKind::Internal,
                format!("the system gives no random numbers: {error}"),
            )
        })?;
        let boundary = random
            .iter()
            .fold(String::from("penbox-"), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
        let mut head = String::new();
        // A value needs no escapes: it is no part of a header, and the boundary cannot be in it.
        for (field, value) in fields {
            let _ = write!(
                head,
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n",
                escaped(field)
            );
        }
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {mime_type}\r\n\r\n",
            escaped(name)
        );
        Ok(Frame {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            head: head.into_bytes(),
            tail: format!("\r\n--{boundary}--\r\n").into_bytes(),
        })
    }
}

/// Escapes a name as the HTML standard does for multipart forms. A quote or a line break would end the value or the header.
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The MIME type of a file name's ending. It comes from a maintained table, except for endings that the table lacks or has an
/// unregistered type for.
pub(crate) fn mime_type(name: &str) -> &'static str {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default();
    match ending.as_str() {
        // IANA's name, which the table does not have.
        "rar" => "application/vnd.rar",
        // Signed containers (ETSI EN 319 162), which a service for signatures meets.
        "asice" | "sce" => "application/vnd.etsi.asic-e+zip",
        "asics" | "scs" => "application/vnd.etsi.asic-s+zip",
        ending => mime_guess::from_ext(ending)
            .first_raw()
            .unwrap_or("application/octet-stream"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let frame = Frame::new(
            &[("scope", "public")],
            "a\"; x=\"b\r\nEvil: 1\r\n\r\n.pdf",
            "application/pdf",
        )
        .unwrap();
        let head = String::from_utf8(frame.head).unwrap();
        assert!(
            head.contains("filename=\"a%22; x=%22b%0D%0AEvil: 1%0D%0A%0D%0A.pdf\"\r\n"),
            "{head}"
        );
        assert_eq!(head.matches("\r\n\r\n").count(), 2);
    }

    #[test]
    fn types_are_known_by_the_ending() {
        for (endings, expected) in [
            ("pdf PDF a.pdf", "application/pdf"),
            ("doc", "application/msword"),
            (
                "docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("jpg jpeg JPG", "image/jpeg"),
            ("png", "image/png"),
            ("gif", "image/gif"),
            ("webp", "image/webp"),
            ("svg", "image/svg+xml"),
            ("heic", "image/heic"),
            ("heif", "image/heif"),
            ("avif", "image/avif"),
            ("tif tiff", "image/tiff"),
            ("bmp", "image/bmp"),
            ("txt log", "text/plain"),
            ("csv", "text/csv"),
            ("xml", "text/xml"),
            ("json", "application/json"),
            ("html htm", "text/html"),
            ("md", "text/markdown"),
            ("rtf", "application/rtf"),
            ("eml", "message/rfc822"),
            ("msg", "application/vnd.ms-outlook"),
            ("ics", "text/calendar"),
            ("xls", "application/vnd.ms-excel"),
            (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            ("ppt", "application/vnd.ms-powerpoint"),
            ("odt", "application/vnd.oasis.opendocument.text"),
            ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
            ("mp4", "video/mp4"),
            ("mov", "video/quicktime"),
            ("mp3", "audio/mpeg"),
            ("p7m", "application/pkcs7-mime"),
            ("p7s", "application/pkcs7-signature"),
            ("asice", "application/vnd.etsi.asic-e+zip"),
            ("asics", "application/vnd.etsi.asic-s+zip"),
            ("zip", "application/zip"),
            ("gz", "application/gzip"),
            ("rar", "application/vnd.rar"),
            ("7z", "application/x-7z-compressed"),
            ("bin unheard é", "application/octet-stream"),
        ] {
            for ending in endings.split(' ') {
                assert_eq!(mime_type(&format!("x.{ending}")), expected, "{ending}");
            }
        }
        for name in ["", "pdf", "x.", ".", "x.pdf ", "x.pdf/", "x.p\u{202e}df"] {
            assert_eq!(mime_type(name), "application/octet-stream", "{name:?}");
        }
    }

    #[test]
    fn boundaries_differ() {
        let one = Frame::new(&[], "a", "text/csv").unwrap().content_type;
        assert_ne!(one, Frame::new(&[], "a", "text/csv").unwrap().content_type);
        assert_eq!(
            one.len(),
            "multipart/form-data; boundary=penbox-".len() + 32
        );
    }
}
