//! A field's key: its name with the quote and the colon after it, compared with a text as two words of 64 bits.

/// Two words of 64 bits. With quote and colon that holds names of 14 bytes, and nearly all of the API's names are that short. A
/// longer name is compared by its other bytes, too.
const WIDTH: usize = 16;
/// The form in which servers write the end of a name: without space before the colon.
const END: &[u8] = b"\":";

/// A name, its closing quote and the colon after it.
#[derive(Debug)]
pub(crate) struct FieldKey {
    /// The name without its quotes.
    name: &'static str,
    /// The first bytes of the key, and zeros after its end.
    words: [u64; 2],
    /// The bits of `words` that belong to the key.
    masks: [u64; 2],
}

impl FieldKey {
    /// The key of a name. It is made by the compiler, so a comparison has its words ready.
    pub(crate) const fn new(name: &'static str) -> FieldKey {
        let bytes = name.as_bytes();
        let (mut words, mut masks) = ([0; WIDTH], [0; WIDTH]);
        let mut at = 0;
        while at < bytes.len() + END.len() && at < WIDTH {
            words[at] = match at < bytes.len() {
                true => bytes[at],
                false => END[at - bytes.len()],
            };
            masks[at] = 0xff;
            at += 1;
        }
        FieldKey {
            name,
            words: halves(words),
            masks: halves(masks),
        }
    }

    /// The name alone.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The rest of a text after the key, if the text begins with it.
    #[inline(always)]
    pub(crate) fn strip<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let Some(chunk) = text.first_chunk() else {
            return self.strip_slowly(text);
        };
        let [first, second] = halves(*chunk);
        // A bit that differs counts only within the key: the text goes on after it, and the words are zero there.
        let differ =
            (first ^ self.words[0]) & self.masks[0] | (second ^ self.words[1]) & self.masks[1];
        if differ != 0 {
            return None;
        }
        // A short key was compared whole; of a long one only the first bytes were.
        match self.name.len() + END.len() {
            length @ ..=WIDTH => text.get(length..),
            _ => self.strip_slowly(text),
        }
    }

    /// The same byte by byte, for a long name and for the last bytes of a text.
    #[cold]
    fn strip_slowly<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        text.strip_prefix(self.name.as_bytes())?.strip_prefix(END)
    }
}

/// The bytes as two words, on any machine the first byte lowest.
const fn halves(bytes: [u8; WIDTH]) -> [u64; 2] {
    let both = u128::from_le_bytes(bytes);
    [both as u64, (both >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_differs_from_any_other_text() {
        let names = "abcdefghijklmnopqrstuv";
        for length in 0..names.len() {
            let name = &names[..length];
            let key = FieldKey::new(name);
            for after in ["", "1", "null,\"other\":2}", "\":\":"] {
                let text = format!("{name}\":{after}");
                let rest = key.strip(text.as_bytes());
                assert_eq!(rest, Some(after.as_bytes()), "{text}");
                for at in 0..name.len() + END.len() {
                    let mut other = text.clone().into_bytes();
                    other[at] ^= 1;
                    assert_eq!(key.strip(&other), None, "{text} {at}");
                    assert_eq!(key.strip(&text.as_bytes()[..at]), None, "{text} {at}");
                }
            }
            let longer = format!("{name}z\":12345678901234567890");
            assert_eq!(key.strip(longer.as_bytes()), None, "{longer}");
        }
    }
}
