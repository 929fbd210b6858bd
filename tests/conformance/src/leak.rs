//! Finds a token, or a part of it, in what a testee wrote.

use serde_json::Value;

/// How many bytes of a secret together count as a leak.
const WINDOW: usize = 12;

/// Looks for the secrets of one case, raw and encoded.
#[derive(Debug, Default)]
pub struct LeakScan {
    /// Looked for in the lower-cased text.
    folded: Vec<(&'static str, String)>,
    /// Looked for in the text as it stands.
    exact: Vec<(&'static str, String)>,
}

impl LeakScan {
    /// A scan for these tokens. What stands before a token's prefix, and the prefix, is no secret; what is shorter than
    /// twelve bytes cannot be told from chance and is not looked for.
    #[must_use]
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Self {
        let mut scan = Self::default();
        for token in tokens {
            let secret = token
                .rsplit_once("pnbx_")
                .map_or(token, |(_, secret)| secret)
                .trim();
            scan.add(secret.as_bytes());
        }
        scan
    }

    fn add(&mut self, secret: &[u8]) {
        for window in secret.windows(WINDOW) {
            let raw = String::from_utf8_lossy(window).to_lowercase();
            self.folded.push(("as it is", raw));
            self.folded.push((
                "in hex",
                window.iter().map(|byte| format!("{byte:02x}")).collect(),
            ));
        }
        for shift in 0..3 {
            let mut padded = vec![0; shift];
            padded.extend_from_slice(secret);
            for url_safe in [false, true] {
                let text = base64(&padded, url_safe);
                // A first group that is padded mixes the secret with what stands before it.
                let start = if shift == 0 { 0 } else { 4.min(text.len()) };
                for window in text.as_bytes()[start..].windows(WINDOW / 3 * 4) {
                    let text = String::from_utf8_lossy(window).into_owned();
                    self.exact.push(("in base64", text));
                }
            }
        }
    }

    /// Says how the text holds a secret, if it does. Escapes of JSON and of URLs are looked through.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<&'static str> {
        let mut views = vec![String::from_utf8_lossy(text).into_owned()];
        if let Ok(value) = serde_json::from_slice::<Value>(text) {
            let mut strings = String::new();
            collect(&value, &mut strings);
            views.push(strings);
        }
        for index in 0..views.len() {
            if views[index].contains('%') {
                let decoded = percent_decode(views[index].as_bytes());
                views.push(String::from_utf8_lossy(&decoded).into_owned());
            }
        }
        views.iter().find_map(|view| {
            let folded = view.to_lowercase();
            let folded = self
                .folded
                .iter()
                .find(|(_, needle)| folded.contains(needle.as_str()));
            let exact = || {
                self.exact
                    .iter()
                    .find(|(_, needle)| view.contains(needle.as_str()))
            };
            folded.or_else(exact).map(|(how, _)| *how)
        })
    }
}

/// All names and strings of a value, one after another.
fn collect(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push_str(text);
            out.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(members) => {
            for (name, member) in members {
                out.push_str(name);
                out.push('\n');
                collect(member, out);
            }
        }
        _ => {}
    }
}

/// Decodes what is a `%XX`, and leaves the rest as it is.
fn percent_decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut index = 0;
    while index < text.len() {
        let pair = text
            .get(index + 1..index + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match byte.filter(|_| text[index] == b'%') {
            Some(byte) => {
                out.push(byte);
                index += 3;
            }
            None => {
                out.push(text[index]);
                index += 1;
            }
        }
    }
    out
}

/// Base64 without the last, incomplete group.
fn base64(bytes: &[u8], url_safe: bool) -> String {
    let last: &[u8; 2] = if url_safe { b"-_" } else { b"+/" };
    let digit = |value: u32| {
        char::from(match value as u8 & 63 {
            n @ 0..=25 => b'A' + n,
            n @ 26..=51 => b'a' + n - 26,
            n @ 52..=61 => b'0' + n - 52,
            n => last[usize::from(n - 62)],
        })
    };
    bytes
        .chunks_exact(3)
        .flat_map(|group| {
            let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
            [18, 12, 6, 0].map(|shift| digit(bits >> shift))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vars::{SECRET, TOKEN};

    fn find(text: &str) -> Option<&'static str> {
        LeakScan::new([TOKEN]).find(text.as_bytes())
    }

    #[test]
    fn a_clean_text_is_clean() {
        assert_eq!(
            find("pnbx_*** 401 Unauthorized: Invalid token %41 {\"a\": 1}"),
            None
        );
        assert_eq!(find(&SECRET[..11]), None);
    }

    #[test]
    fn any_twelve_bytes_are_found() {
        for start in 0..=SECRET.len() - 12 {
            assert_eq!(
                find(&format!("x{}y", &SECRET[start..start + 12])),
                Some("as it is")
            );
        }
        assert_eq!(find(&TOKEN.to_uppercase()), Some("as it is"));
    }

    #[test]
    fn encodings_are_found() {
        let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(find(&hex), Some("in hex"));
        for before in ["", "B", "Be", "Bearer ", "{\"token\":\""] {
            let text = base64(format!("{before}{TOKEN}xx").as_bytes(), false);
            assert_eq!(find(&text), Some("in base64"), "{before}");
        }
        let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
        assert_eq!(find(&percent), Some("as it is"));
        let json: String = TOKEN
            .bytes()
            .map(|byte| format!("\\u{:04x}", u32::from(byte)))
            .collect();
        assert_eq!(
            find(&format!("{{\"message\": \"{json}\"}}")),
            Some("as it is")
        );
    }

    #[test]
    fn base64_is_base64() {
        assert_eq!(base64(b"Man\xff\xef\xbe", false), "TWFu/+++");
        assert_eq!(base64(b"Man\xff\xef\xbe", true), "TWFu_---");
    }
}
