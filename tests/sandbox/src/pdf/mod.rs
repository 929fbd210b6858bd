//! Small PDFs made here, and PDFs put together.

#[cfg(feature = "merge")]
mod merge;

use std::fmt::Write;

#[cfg(feature = "merge")]
pub(crate) use merge::merge;

/// Lines on a page of A4.
const LINES: usize = 52;
/// Characters of a line, past which it is cut.
const COLUMNS: usize = 90;

/// Objects before those of the pages: the catalog, the tree of pages and the font.
const FIXED: usize = 3;

/// A file to be merged.
#[cfg_attr(
    not(feature = "merge"),
    expect(dead_code, reason = "nothing reads a PDF")
)]
pub(crate) enum Part {
    /// The bytes of a PDF, and the lines that stand in for it when it cannot be read.
    Pdf(Vec<u8>, Vec<String>),
    /// Anything else becomes a page with these lines (inferred).
    Other(Vec<String>),
}

/// One PDF of all parts, in their order. Without the library that reads PDFs each is a page with its lines.
#[cfg(not(feature = "merge"))]
pub(crate) fn merge(parts: Vec<Part>) -> Vec<u8> {
    let texts = parts.iter().flat_map(|part| {
        let (Part::Pdf(_, lines) | Part::Other(lines)) = part;
        sheets(lines)
    });
    write(texts)
}

/// A PDF of these lines, on as many pages as they need.
pub(crate) fn text(lines: &[String]) -> Vec<u8> {
    write(sheets(lines))
}

/// The lines of each page: where there is no line, there is one page.
fn sheets(lines: &[String]) -> impl Iterator<Item = &[String]> {
    let empty = lines.is_empty().then_some(lines);
    empty.into_iter().chain(lines.chunks(LINES))
}

/// Writes a file of ISO 32000-1: a header, numbered objects, the table of their places, and where that begins.
fn write<'a>(sheets: impl Iterator<Item = &'a [String]>) -> Vec<u8> {
    let mut kids = String::new();
    let mut pages = Vec::new();
    for lines in sheets {
        let page = FIXED + pages.len() + 1;
        let _ = write!(kids, "{page} 0 R ");
        let body = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            page + 1
        );
        pages.push(body.into_bytes());
        pages.push(stream(&page_content(lines)));
    }
    let count = pages.len() / 2;
    let fixed = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    // The second line's bytes say that the file is not text.
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = String::new();
    let objects = fixed.map(String::into_bytes).into_iter().chain(pages);
    let mut size = 1;
    for object in objects {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        file.extend(format!("{size} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
        size += 1;
    }
    let start = file.len();
    let end = format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.extend(end.bytes());
    file
}

fn stream(content: &[u8]) -> Vec<u8> {
    let head = format!("<< /Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

fn page_content(lines: &[String]) -> Vec<u8> {
    let mut content = b"BT\n/F1 11 Tf\n14 TL\n56 780 Td\n".to_vec();
    for line in lines {
        content.push(b'(');
        for byte in win_ansi(line) {
            if matches!(byte, b'(' | b')' | b'\\') {
                content.push(b'\\');
            }
            content.push(byte);
        }
        content.extend(b") Tj\nT*\n");
    }
    content.extend(b"ET");
    content
}

/// Latin letters as they are, everything else as a question mark.
fn win_ansi(text: &str) -> impl Iterator<Item = u8> {
    text.chars().take(COLUMNS).map(|c| match u8::try_from(c) {
        Ok(byte) if !c.is_control() => byte,
        _ => b'?',
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of each page, read by somebody else's reader.
    fn pages(bytes: &[u8]) -> Vec<String> {
        let document = lopdf::Document::load_mem(bytes).unwrap();
        let numbers = document.get_pages().into_keys();
        numbers
            .map(|number| document.extract_text(&[number]).unwrap())
            .collect()
    }

    #[test]
    fn a_text_is_read_as_it_was() {
        let lines = ["(a) \\ b", "caf\u{e9}", "\u{4e2d}\n"].map(str::to_owned);
        let pages = pages(&text(&lines));
        let [page] = &pages[..] else {
            panic!("{pages:?}")
        };
        let read: Vec<&str> = page.lines().map(str::trim).collect();
        assert_eq!(read, ["(a) \\ b", "caf\u{e9}", "??"]);
    }

    #[test]
    fn no_line_is_one_page() {
        assert_eq!(pages(&text(&[])).len(), 1);
    }
}
