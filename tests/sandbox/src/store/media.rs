//! What a file is, told by its name and first bytes.

/// Extensions named by the older attachment page, and a few more.
const TYPES: [(&str, &str); 17] = [
    ("pdf", "application/pdf"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("svg", "image/svg+xml"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("csv", "text/csv"),
    ("txt", "text/plain"),
    ("json", "application/json"),
    ("zip", "application/zip"),
    ("rar", "application/vnd.rar"),
    ("7z", "application/x-7z-compressed"),
];

/// The type by the first bytes, else by the extension, else `application/octet-stream`.
pub(crate) fn detect(name: &str, head: &[u8]) -> &'static str {
    for (magic, media) in [
        (&b"%PDF-"[..], "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
    ] {
        if head.starts_with(magic) {
            return media;
        }
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    TYPES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(extension))
        .map_or("application/octet-stream", |(_, media)| media)
}

/// Width and height of a PNG or GIF; other images have none here.
pub(crate) fn dimensions(head: &[u8]) -> Option<(u32, u32)> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        let at = |start: usize| {
            let bytes = head.get(start..start + 4)?;
            Some(u32::from_be_bytes(bytes.try_into().ok()?))
        };
        return Some((at(16)?, at(20)?));
    }
    if head.starts_with(b"GIF8") {
        let at = |start: usize| {
            let bytes = head.get(start..start + 2)?;
            Some(u32::from(u16::from_le_bytes(bytes.try_into().ok()?)))
        };
        return Some((at(6)?, at(8)?));
    }
    None
}

/// `type/subtype`, with or without parameters, that fits in a header.
pub(crate) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && essence
            .split_once('/')
            .is_some_and(|(kind, subtype)| part(kind) && part(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        assert_eq!(detect("a.bin", b"%PDF-1.7"), "application/pdf");
        assert_eq!(detect("A.XLSX", b"PK"), TYPES[10].1);
        assert_eq!(detect("none", b""), "application/octet-stream");
        for good in ["a/b", "text/plain; charset=utf-8", "image/svg+xml"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in ["", "a", "a/", "/b", "a b/c", "a/b\r\nx: y", "a/é"] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }

    #[test]
    fn sizes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";
        assert_eq!(dimensions(png), Some((640, 480)));
        assert_eq!(dimensions(b"GIF89a\x0a\0\x05\0"), Some((10, 5)));
        assert_eq!(dimensions(&png[..20]), None);
        assert_eq!(dimensions(b"%PDF"), None);
    }
}
