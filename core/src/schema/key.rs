//! A name with the quote and the colon that follow it, told in a text by two words.

/// Longer names are told by all their bytes.
const WIDTH: usize = 16;
const END: &[u8] = b"\":";

/// A name, its closing quote and the colon behind that.
#[derive(Debug)]
pub(crate) struct FieldKey {
    name: &'static str,
    /// The first bytes of all that, and which count.
    words: [u64; 2],
    masks: [u64; 2],
}

impl FieldKey {
    pub(crate) const fn new(name: &'static str) -> FieldKey {
        let bytes = name.as_bytes();
        let (mut words, mut masks) = ([0; WIDTH], [0; WIDTH]);
        let mut place = 0;
        while place < bytes.len() + END.len() && place < WIDTH {
            words[place] = match place < bytes.len() {
                true => bytes[place],
                false => END[place - bytes.len()],
            };
            masks[place] = 0xff;
            place += 1;
        }
        FieldKey {
            name,
            words: halves(words),
            masks: halves(masks),
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// What follows it in a text that begins with it.
    #[inline(always)]
    pub(crate) fn strip<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let Some(chunk) = text.first_chunk() else {
            return self.strip_slowly(text);
        };
        let [first, second] = halves(*chunk);
        let differ =
            (first ^ self.words[0]) & self.masks[0] | (second ^ self.words[1]) & self.masks[1];
        if differ != 0 {
            return None;
        }
        match self.name.len() + END.len() {
            length @ ..=WIDTH => text.get(length..),
            _ => self.strip_slowly(text),
        }
    }

    #[cold]
    fn strip_slowly<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        text.strip_prefix(self.name.as_bytes())?.strip_prefix(END)
    }
}

const fn halves(bytes: [u8; WIDTH]) -> [u64; 2] {
    let both = u128::from_le_bytes(bytes);
    [both as u64, (both >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_told_from_any_text_that_differs() {
        let names = "abcdefghijklmnopqrstuv";
        for length in 0..names.len() {
            let name = &names[..length];
            let label = FieldKey::new(name);
            for behind in ["", "1", "null,\"other\":2}", "\":\":"] {
                let text = format!("{name}\":{behind}");
                let rest = label.strip(text.as_bytes());
                assert_eq!(rest, Some(behind.as_bytes()), "{text}");
                for place in 0..name.len() + END.len() {
                    let mut other = text.clone().into_bytes();
                    other[place] ^= 1;
                    assert_eq!(label.strip(&other), None, "{text} {place}");
                    assert_eq!(
                        label.strip(&text.as_bytes()[..place]),
                        None,
                        "{text} {place}"
                    );
                }
            }
            let longer = format!("{name}z\":12345678901234567890");
            assert_eq!(label.strip(longer.as_bytes()), None, "{longer}");
        }
    }
}
