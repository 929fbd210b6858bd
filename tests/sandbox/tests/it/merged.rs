//! Several files in one PDF.

use std::fmt::Write;
use std::process::Command;

use lopdf::Document;
use penbox_sandbox::{AttachmentSeed, seed};
use serde_json::json;

use crate::support::{Bench, FORBIDDEN, bench};

/// The texts of a PDF's pages. Where there is `qpdf` it has to like the file as well.
pub(crate) fn pages(bytes: &[u8]) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    if let Ok(done) = Command::new("qpdf")
        .arg("--check")
        .arg(file.path())
        .output()
    {
        let said = String::from_utf8_lossy(&done.stdout).into_owned()
            + &String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
    }
    let document = Document::load_mem(bytes).expect("a PDF");
    let numbers = document.get_pages().into_keys();
    numbers
        .map(|number| document.extract_text(&[number]).unwrap())
        .collect()
}

/// A PDF of pages that say these words, with a classic cross-reference table.
fn pdf(words: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
    ];
    let mut kids = String::new();
    for word in words {
        let content = format!("BT /F1 12 Tf 20 20 Td ({word}) Tj ET");
        objects.push(format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ));
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>",
            objects.len()
        ));
        let _ = write!(kids, "{} 0 R ", objects.len());
    }
    // Size and fonts are the tree's, so that merging has to carry them over.
    objects[1] = format!(
        "<< /Type /Pages /Kids [{kids}] /Count {} /MediaBox [0 0 200 200] /Resources << /Font << /F1 3 0 R >> >> >>",
        words.len()
    );
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    let _ = write!(
        file,
        "{table}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    file.into_bytes()
}

impl Bench {
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let head = format!(
            "Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        let answer = self.upload("/attachments", &[&[head.as_bytes(), bytes].concat()]);
        answer.good(201)["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn pages_of_pdfs_and_a_page_for_anything_else() {
    let bench = bench();
    let two = bench.file("two.pdf", &pdf(&["one", "two"]));
    let photo = bench.file("photo.png", b"\x89PNG\r\n\x1a\nrest");
    let broken = bench.file("broken.pdf", b"%PDF-1.7\nnothing");
    let three = bench.file("three.pdf", &pdf(&["three"]));
    let answer = bench.get(&format!(
        "/attachments?ids={two},{photo},{broken},{three},{two}&filename=every%C3%A9"
    ));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"every_.pdf\"; filename*=UTF-8''every%C3%A9.pdf")
    );
    let pages = pages(&answer.bytes);
    assert_eq!(pages.len(), 7, "{pages:?}");
    for (page, word) in pages.iter().zip([
        "one",
        "two",
        "photo.png",
        "broken.pdf",
        "three",
        "one",
        "two",
    ]) {
        assert!(page.contains(word), "{word}: {page}");
    }
    assert!(pages[2].contains("image/png") && pages[2].contains("12 bytes"));
    let one = bench.get(&format!("/attachments?ids={three}"));
    assert_eq!(
        one.header("content-disposition"),
        Some("attachment; filename=\"attachments.pdf\"; filename*=UTF-8''attachments.pdf")
    );
}

#[test]
fn a_merged_pdf_can_be_merged_again() {
    let bench = bench();
    let two = bench.file("two.pdf", &pdf(&["one", "two"]));
    let merged = bench.get(&format!("/attachments?ids={two},{two}"));
    let again = bench.file("merged.pdf", &merged.bytes);
    let answer = bench.get(&format!("/attachments?ids={again},{two}"));
    let words: Vec<String> = pages(&answer.bytes)
        .iter()
        .map(|page| page.trim().to_owned())
        .collect();
    assert_eq!(words, ["one", "two", "one", "two", "one", "two"]);
}

#[test]
fn a_huge_file_is_named_only() {
    let bench = bench();
    let wanted = AttachmentSeed {
        size: 1 << 40,
        name: Some("huge.pdf".into()),
        ..AttachmentSeed::default()
    };
    let id = bench.sandbox.seed_attachment(wanted).unwrap();
    let pages = pages(&bench.get(&format!("/attachments?ids={id}")).bytes);
    assert!(pages[0].contains("huge.pdf") && pages[0].contains("1099511627776 bytes"));
}

#[test]
fn ids_that_cannot_be() {
    let mut bench = bench();
    let good = bench.file("a.txt", b"a");
    for query in ["", "?ids=", "?ids=,", "?filename=x"] {
        bench
            .get(&format!("/attachments{query}"))
            .is_bad("ids is required");
    }
    bench.get("/attachments?ids=1").is_bad("ids must be UUIDs");
    bench
        .get(&format!("/attachments?ids={good},x"))
        .is_bad("ids must be UUIDs");
    let missing = seed::ACME_ID;
    bench
        .get(&format!("/attachments?ids={good},{missing}"))
        .refuses(404, "Not Found", &format!("Attachment {missing} not found"));
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench
        .get(&format!("/attachments?ids={good}"))
        .is(403, FORBIDDEN);
    assert_eq!(bench.post("/attachments", &json!({})).status, 400);
}
