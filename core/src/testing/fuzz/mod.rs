//! The fuzz targets. Each is a function that panics if an input breaks a promise. The tests of this crate replay the corpus in
//! `tests/fuzz`; `tests/run fuzz` searches for more inputs.

mod call;
pub(crate) mod json;
mod send;
mod webhook;

use crate::config::ClientBuilder;

/// A target: its name, and the function that is run with an input's bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("error_body", send::error_body),
    ("retry_after", send::retry_after),
    ("policies", send::policies),
    ("client", send::client),
    ("path", call::path),
    ("pages", call::pages),
    ("models", call::models),
    ("file_name", json::file_name),
    ("multipart", json::multipart),
    ("document", json::document),
    ("token", token),
    ("webhook", webhook::webhook),
];

/// An accepted token makes a good header. A refused token is not shown.
fn token(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match ClientBuilder::new().token(&text).build_settings() {
        Ok(settings) => {
            let token = settings
                .token
                .as_ref()
                .and_then(|found| found.token.as_ref());
            let header = token.map(|token| token.header().as_bytes().to_vec());
            assert_eq!(header, Some(format!("Bearer {text}").into_bytes()));
            assert!(text.len() < 16 || !format!("{settings:?}").contains(&*text));
        }
        Err(_) => {
            // A mark in the middle is looked for, since the text alone may be a word of the message.
            let middle = text.chars().count() / 2;
            let (first, last): (Vec<_>, Vec<_>) =
                text.chars().enumerate().partition(|(at, _)| *at < middle);
            let text_of = |half: Vec<(usize, char)>| half.into_iter().map(|(_, c)| c).collect();
            let (first, last): (String, String) = (text_of(first), text_of(last));
            let marked = format!("{first}{MARK}{last}");
            if let Err(error) = ClientBuilder::new().token(&marked).build_settings() {
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains(MARK), "{shown}");
            }
        }
    }
}

/// A part of a token that is in no message.
const MARK: &str = "q0w9-q0w9-q0w9";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The input with a few bytes changed. The same seed makes the same changes.
    fn changed(data: &[u8], seed: u64) -> Vec<u8> {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |limit: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as usize % limit.max(1)
        };
        let mut data = data.to_vec();
        for _ in 0..=next(4) {
            let at = next(data.len() + 1);
            match next(3) {
                0 => data.insert(at, next(256) as u8),
                1 if at < data.len() => drop(data.remove(at)),
                _ if at < data.len() => data[at] = next(256) as u8,
                _ => {}
            }
        }
        data
    }

    #[test]
    fn the_corpus_and_inputs_near_it_hold() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus");
        let mut replayed = 0;
        for (name, target) in TARGETS {
            let mut files: Vec<_> = std::fs::read_dir(corpus.join(name))
                .unwrap_or_else(|error| panic!("no corpus for {name}: {error}"))
                .map(|file| file.unwrap().path())
                .collect();
            files.sort();
            assert!(!files.is_empty(), "{name}");
            for file in files {
                let data = std::fs::read(file).unwrap();
                target(&data);
                (0..20).for_each(|seed| target(&changed(&data, seed)));
                replayed += 1;
            }
        }
        println!(
            "fuzz: {replayed} of {replayed} inputs, {} targets",
            TARGETS.len()
        );
    }
}
