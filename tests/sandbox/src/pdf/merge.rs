//! PDFs put together by a library that reads them.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::{Part, text};

/// What a page takes over from the nodes above it (ISO 32000-1, table 30).
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// Page trees of real files are not deeper; a damaged one may go in circles.
const DEEPEST: usize = 64;

/// One PDF of all parts, in their order.
pub(crate) fn merge(parts: Vec<Part>) -> Vec<u8> {
    let mut book = Book::new();
    for part in parts {
        let (bytes, lines) = match part {
            Part::Pdf(bytes, lines) => (bytes, lines),
            Part::Other(lines) => (Vec::new(), lines),
        };
        if book.add_pdf(&bytes).is_none() {
            // What is made here can be read.
            let _ = book.add_pdf(&text(&lines));
        }
    }
    book.finish()
}

/// A document to which pages are added.
struct Book {
    document: Document,
    pages: ObjectId,
    kids: Vec<Object>,
}

impl Book {
    fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        Self {
            document,
            pages,
            kids: Vec::new(),
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
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = self.document.save_to(&mut bytes);
        bytes
    }

    /// Takes the pages over, or nothing from a file that is damaged, encrypted or empty.
    fn add_pdf(&mut self, bytes: &[u8]) -> Option<()> {
        let mut other = Document::load_mem(bytes).ok()?;
        if other.is_encrypted() {
            return None;
        }
        other.renumber_objects_with(self.document.max_id + 1);
        let mut pages = Vec::new();
        for id in other.get_pages().into_values() {
            let mut page = other.get_dictionary(id).ok()?.clone();
            for key in INHERITED {
                if let Some(value) = inherited(&other, &page, key) {
                    page.set(key, value);
                }
            }
            if page.get(b"MediaBox").is_err() {
                return None;
            }
            page.set("Parent", self.pages);
            pages.push((id, page));
        }
        if pages.is_empty() {
            return None;
        }
        self.document.max_id = other.max_id;
        let tree = |object: &Object| {
            matches!(
                object.type_name(),
                Ok(b"Catalog" | b"Pages" | b"Outlines" | b"ObjStm" | b"XRef")
            )
        };
        let kept = other
            .objects
            .into_iter()
            .filter(|(_, object)| !tree(object));
        self.document.objects.extend(kept);
        for (id, page) in pages {
            self.document.objects.insert(id, page.into());
            self.kids.push(id.into());
        }
        Some(())
    }
}

fn inherited(document: &Document, page: &Dictionary, key: &[u8]) -> Option<Object> {
    let mut node = page;
    for _ in 0..DEEPEST {
        if let Ok(value) = node.get(key) {
            return Some(value.clone());
        }
        let parent: ObjectId = node.get(b"Parent").and_then(Object::as_reference).ok()?;
        node = document.get_dictionary(parent).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn page_count(bytes: &[u8]) -> usize {
        Document::load_mem(bytes).unwrap().get_pages().len()
    }

    #[test]
    fn pages_add_up_in_order() {
        let long: Vec<String> = (0..120).map(|n| format!("line {n}")).collect();
        let three = text(&long);
        assert_eq!(page_count(&three), 3);
        let merged = merge(vec![
            Part::Pdf(three, lines(&["unused"])),
            Part::Other(lines(&["photo.png"])),
            Part::Pdf(b"%PDF-1.4 damaged".to_vec(), lines(&["damaged.pdf"])),
        ]);
        let document = Document::load_mem(&merged).unwrap();
        let texts: Vec<String> = (1..=5)
            .map(|page| document.extract_text(&[page]).unwrap())
            .collect();
        assert!(texts[0].starts_with("line 0") && texts[2].starts_with("line 104"));
        assert_eq!(texts[3].trim(), "photo.png");
        assert_eq!(texts[4].trim(), "damaged.pdf");
    }

    #[test]
    fn what_a_page_inherits_stays_with_it() {
        let mut source = Book::new();
        source.add_pdf(&text(&lines(&["turned"]))).unwrap();
        let kid = source.kids[0].as_reference().unwrap();
        let media = {
            let page = source.document.get_dictionary_mut(kid).unwrap();
            page.remove(b"MediaBox").unwrap()
        };
        let merged = merge(vec![Part::Pdf(source.finish_with(media), vec![])]);
        let document = Document::load_mem(&merged).unwrap();
        let page = document.get_pages()[&1];
        let page = document.get_dictionary(page).unwrap();
        assert_eq!(page.get(b"Rotate").unwrap().as_i64().unwrap(), 90);
        assert_eq!(page.get(b"MediaBox").unwrap().as_array().unwrap().len(), 4);
    }

    impl Book {
        /// Like `finish`, with a media box and a rotation in the page tree's root.
        fn finish_with(self, media: Object) -> Vec<u8> {
            let mut document = Document::load_mem(&self.finish()).unwrap();
            for object in document.objects.values_mut() {
                if object.type_name().is_ok_and(|name| name == b"Pages") {
                    let root = object.as_dict_mut().unwrap();
                    root.set("MediaBox", media.clone());
                    root.set("Rotate", 90);
                }
            }
            let mut bytes = Vec::new();
            document.save_to(&mut bytes).unwrap();
            bytes
        }
    }
}
