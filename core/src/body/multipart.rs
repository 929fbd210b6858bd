//! One file as `multipart/form-data`, with names that cannot break out of their header.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind, Result};

/// What stands before and after a file's bytes.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) content_type: String,
    pub(crate) head: Vec<u8>,
    pub(crate) tail: Vec<u8>,
}

impl Frame {
    /// A frame with text fields and one file field named `file`. The boundary is 128 bits of the system's randomness.
    pub(crate) fn new(fields: &[(&str, &str)], name: &str, mime_type: &str) -> Result<Frame> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| {
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

/// The escaping of the HTML standard: a quote or line break would end the header.
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The MIME type of a file name's ending, for the types the API's documentation names.
pub(crate) fn mime_type(name: &str) -> &'static str {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("pdf") => "application/pdf",
        Some("doc") => "application/msword",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("svg") => "image/svg+xml",
        Some("xls") => "application/vnd.ms-excel",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("csv") => "text/csv",
        Some("zip") => "application/zip",
        Some("rar") => "application/vnd.rar",
        Some("7z") => "application/x-7z-compressed",
        _ => "application/octet-stream",
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
    fn boundaries_differ() {
        let one = Frame::new(&[], "a", "text/csv").unwrap().content_type;
        assert_ne!(one, Frame::new(&[], "a", "text/csv").unwrap().content_type);
        assert_eq!(
            one.len(),
            "multipart/form-data; boundary=penbox-".len() + 32
        );
    }
}
