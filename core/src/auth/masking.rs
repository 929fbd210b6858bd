//! Masks secrets in the text of a command or a callback.

use zeroize::Zeroizing;

use super::token::PREFIX;

/// A text without what looks like a token of Penbox or the value of a Bearer header.
pub(super) fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut hide = false;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        let end = &part[word.len()..];
        let folded = Zeroizing::new(word.to_ascii_lowercase());
        if hide && !word.is_empty() {
            out.push_str("***");
        } else if let Some(at) = folded.find(PREFIX) {
            out.push_str(&word[..at + PREFIX.len()]);
            out.push_str("***");
        } else {
            out.push_str(word);
        }
        if !word.is_empty() {
            hide = folded.ends_with("bearer") || folded.ends_with("bearer:");
        }
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_bearer_values_are_masked_and_the_rest_stays() {
        for (text, masked) in [
            ("error: no route\n", "error: no route\n"),
            ("got pnbx_0123456789 from vault", "got pnbx_*** from vault"),
            ("t=PNBX_0123,next", "t=PNBX_***"),
            (
                "> Authorization: Bearer hvs.CAESI\n> Accept",
                "> Authorization: Bearer ***\n> Accept",
            ),
            ("bearer   abc def", "bearer   *** def"),
            ("a bearer", "a bearer"),
        ] {
            assert_eq!(without_secrets(text), masked);
        }
    }
}
