//! Small PDFs made here, and PDFs put together.

mod merge;

use std::io::Cursor;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

pub(crate) use merge::{Part, merge};

/// Lines on a page of A4.
const LINES: usize = 52;
/// Characters of a line, past which it is cut.
const COLUMNS: usize = 90;

/// A PDF of these lines, on as many pages as they need.
pub(crate) fn text(lines: &[String]) -> Vec<u8> {
    let mut book = Book::new();
    book.add_text(lines);
    book.finish()
}

/// A document to which pages are added.
struct Book {
    document: Document,
    pages: ObjectId,
    kids: Vec<Object>,
    font: ObjectId,
}

impl Book {
    fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let font = document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type1",
            "BaseFont" => "Helvetica",
            "Encoding" => "WinAnsiEncoding",
        });
        Self {
            document,
            pages,
            kids: Vec::new(),
            font,
        }
    }

    fn add_text(&mut self, lines: &[String]) {
        let none = [String::new()];
        let lines = if lines.is_empty() { &none } else { lines };
        for lines in lines.chunks(LINES) {
            let stream = Stream::new(Dictionary::new(), page_content(lines));
            let content = self.document.add_object(stream);
            let page = dictionary! {
                "Type" => "Page",
                "Parent" => self.pages,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => self.font } },
                "Contents" => content,
            };
            let page = self.document.add_object(page);
            self.kids.push(page.into());
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let count = i64::try_from(self.kids.len()).unwrap_or(i64::MAX);
        let pages = dictionary! { "Type" => "Pages", "Kids" => self.kids, "Count" => count };
        self.document.objects.insert(self.pages, pages.into());
        let catalog = dictionary! { "Type" => "Catalog", "Pages" => self.pages };
        let catalog = self.document.add_object(catalog);
        self.document.trailer.set("Root", catalog);
        self.document.prune_objects();
        self.document.renumber_objects();
        let mut bytes = Cursor::new(Vec::new());
        // Writing to memory does not fail.
        let _ = self.document.save_to(&mut bytes);
        bytes.into_inner()
    }
}

fn page_content(lines: &[String]) -> Vec<u8> {
    let mut operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 11.into()]),
        Operation::new("TL", vec![14.into()]),
        Operation::new("Td", vec![56.into(), 780.into()]),
    ];
    for line in lines {
        let text = Object::string_literal(win_ansi(line));
        operations.push(Operation::new("Tj", vec![text]));
        operations.push(Operation::new("T*", vec![]));
    }
    operations.push(Operation::new("ET", vec![]));
    Content { operations }.encode().unwrap_or_default()
}

/// Latin letters as they are, everything else as a question mark.
fn win_ansi(text: &str) -> Vec<u8> {
    text.chars()
        .take(COLUMNS)
        .map(|c| match u8::try_from(c) {
            Ok(byte) if !c.is_control() => byte,
            _ => b'?',
        })
        .collect()
}
