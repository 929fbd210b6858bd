//! Finds the parts of a token in bytes that a server sent, whatever a gateway made of them on the way: other case, line breaks,
//! escapes, base64 or hex.

use std::ops::Range;

use zeroize::Zeroizing;

/// The least part that is found, in characters of the secret. A shorter one reveals little, and may be an ordinary word of the text.
pub(crate) const PART: usize = 8;
/// The hexadecimal digits of such a part. Eight of them alone would often be those of some other number.
const HEX_PART: usize = 2 * PART;
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The size of the filter in front of the look-up, in words: one bit in 4,096 for each part, of which a token has some three
/// hundred. Most windows of a text end there.
const FILTER_WORDS: usize = 64;

/// The parts of one secret, ready to be looked for. The time that a search takes is linear in the text.
pub(crate) struct TokenFinder {
    /// The parts of the secret as they are and in base64, eight characters each, in order.
    parts: Zeroizing<Vec<u64>>,
    /// The parts of the secret in hex, in order.
    hex_parts: Zeroizing<Vec<u128>>,
    /// A bit for each hash of a part.
    filter: Zeroizing<[u64; FILTER_WORDS]>,
}

/// One character of a text after its escapes are undone.
enum Piece {
    /// A character that a token may have.
    Character(u8),
    /// White space, or a character that is not seen. It breaks a token that is shown without ending it.
    Gap,
    /// Any other character.
    Other,
}

/// The last characters of a text that are next to each other but for gaps.
#[derive(Default)]
struct Window {
    /// The characters, the last one in the lowest byte.
    characters: u128,
    /// The positions at which they start, by their number modulo 16.
    starts: [usize; HEX_PART],
    count: usize,
}

impl TokenFinder {
    /// The finder of a token's secret: the part after the prefix that all tokens share.
    pub(crate) fn of(secret: &[u8]) -> TokenFinder {
        let mut parts = Zeroizing::new(Vec::with_capacity(secret.len() * 5));
        parts.extend(secret.windows(PART).map(|part| packed(part) as u64));
        // A token within other bytes begins at any of the three places of a group of base64.
        for shift in 0..3 {
            let text = Zeroizing::new(base64(secret.get(shift..).unwrap_or_default()));
            parts.extend(text.windows(PART).map(|part| packed(part) as u64));
        }
        let hex = Zeroizing::new(hex(secret));
        let mut hex_parts = Zeroizing::new(Vec::with_capacity(hex.len()));
        hex_parts.extend(hex.windows(HEX_PART).map(packed));
        parts.sort_unstable();
        hex_parts.sort_unstable();
        let mut filter = Zeroizing::new([0; FILTER_WORDS]);
        for part in parts
            .iter()
            .copied()
            .chain(hex_parts.iter().map(|part| *part as u64))
        {
            let (word, bit) = place(part);
            filter[word] |= bit;
        }
        TokenFinder {
            parts,
            hex_parts,
            filter,
        }
    }

    /// The ranges of a text that show at least eight characters of the secret in a row, in order and apart from each other.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = self.search(text, false);
        if text.iter().any(|byte| b"%\\&".contains(byte)) {
            found.append(&mut self.search(text, true));
            found.sort_unstable_by_key(|range| range.start);
        }
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
        found.into_iter().for_each(|range| join(&mut apart, range));
        apart
    }

    /// The ranges of the text as it is, or with its escapes undone.
    fn search(&self, text: &[u8], unescape: bool) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut window = Window::default();
        let mut at = 0;
        while at < text.len() {
            let (piece, next) = match unescape {
                true => unescaped(text, at),
                false => plain(text, at),
            };
            match piece {
                Piece::Gap => {}
                Piece::Other => window.count = 0,
                Piece::Character(character) => {
                    window.push(character, at);
                    if let Some(start) = self.start_of_part(&window) {
                        join(&mut found, start..next);
                    }
                }
            }
            at = next;
        }
        found
    }

    /// The start of the part that ends with a window, if it is one.
    fn start_of_part(&self, window: &Window) -> Option<usize> {
        let part = window.characters as u64;
        let (word, bit) = place(part);
        if window.count < PART || self.filter[word] & bit == 0 {
            return None;
        }
        if self.parts.binary_search(&part).is_ok() {
            return Some(window.start(PART));
        }
        let is_hex =
            window.count >= HEX_PART && self.hex_parts.binary_search(&window.characters).is_ok();
        is_hex.then(|| window.start(HEX_PART))
    }
}

impl Window {
    /// Adds a character that starts at a position.
    fn push(&mut self, character: u8, at: usize) {
        self.characters = self.characters << 8 | u128::from(fold(character));
        self.starts[self.count % HEX_PART] = at;
        self.count += 1;
    }

    /// The position at which the last `length` characters start.
    fn start(&self, length: usize) -> usize {
        self.starts[(self.count - length) % HEX_PART]
    }
}

/// Adds a range after others, to the last of them where the two touch.
fn join(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
        _ => ranges.push(range),
    }
}

/// A character as it is compared: in any case, and with the two alphabets of base64 as one.
fn fold(character: u8) -> u8 {
    match character {
        b'-' => b'+',
        b'_' => b'/',
        other => other.to_ascii_lowercase(),
    }
}

/// The characters of a part in one number.
fn packed(part: &[u8]) -> u128 {
    let add = |number: u128, byte: &u8| number << 8 | u128::from(fold(*byte));
    part.iter().fold(0, add)
}

/// The word and the bit of the filter for a part.
fn place(part: u64) -> (usize, u64) {
    // Multiplied by the odd number next to 2^64 divided by the golden ratio, whose upper bits depend on all of the part's.
    let hash = part.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
    ((hash / 64) as usize, 1 << (hash % 64))
}

/// The base64 of all whole groups of three bytes.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() / 3 * 4);
    for group in bytes.chunks_exact(3) {
        let number = group
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte));
        text.extend([18, 12, 6, 0].map(|shift| BASE64[number >> shift & 63]));
    }
    text
}

/// The hexadecimal digits of bytes.
fn hex(bytes: &[u8]) -> Vec<u8> {
    let digit = |value: u8| b"0123456789abcdef"[usize::from(value & 15)];
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
    let mut text = Vec::with_capacity(bytes.len() * 2);
    text.extend(digits);
    text
}

/// The character at a position, and the position after it.
fn plain(text: &[u8], at: usize) -> (Piece, usize) {
    match &text[at..] {
        [0xc2, 0xa0 | 0xad, ..] => (Piece::Gap, at + 2),
        // Spaces, and marks of no width: U+2000 to U+200F, U+2028 to U+202F, U+2060 to U+206F, U+FEFF.
        [0xe2, 0x80, 0x80..=0x8f | 0xa8..=0xaf, ..]
        | [0xe2, 0x81, 0xa0..=0xaf, ..]
        | [0xef, 0xbb, 0xbf, ..] => (Piece::Gap, at + 3),
        bytes => (
            piece(bytes.first().map_or(0, |byte| u32::from(*byte))),
            at + 1,
        ),
    }
}

/// The character at a position with its escape undone, and the position after it. Text that was escaped twice is undone twice.
fn unescaped(text: &[u8], at: usize) -> (Piece, usize) {
    let escape = match text[at] {
        b'%' => of_url(text, at),
        b'\\' => Some(of_json(text, at)),
        b'&' => of_html(text, at),
        _ => None,
    };
    escape.unwrap_or_else(|| plain(text, at))
}

/// The piece of a character by its number.
fn piece(character: u32) -> Piece {
    match u8::try_from(character) {
        Ok(0..=0x20 | 0x7f) => Piece::Gap,
        Ok(ascii @ 0x21..=0x7e) => Piece::Character(ascii),
        _ => Piece::Other,
    }
}

/// `%41`, and `%2541`, whose percent sign was escaped again.
fn of_url(text: &[u8], at: usize) -> Option<(Piece, usize)> {
    let mut start = at + 1;
    loop {
        let character = number(text, start, 2, 16)?;
        match (character, number(text, start + 2, 2, 16)) {
            (0x25, Some(_)) => start += 2,
            _ => return Some((piece(character), start + 2)),
        }
    }
}

/// `\u0041`, `\x41`, `\n` and their like; of any other escape the backslashes alone.
fn of_json(text: &[u8], at: usize) -> (Piece, usize) {
    let run = text[at..].iter().take_while(|byte| **byte == b'\\').count();
    let after = at + run;
    let digits = match text.get(after) {
        Some(b'u') => 4,
        Some(b'x') => 2,
        Some(b'n' | b'r' | b't' | b'b' | b'f' | b'v') => return (Piece::Gap, after + 1),
        _ => return (Piece::Gap, after),
    };
    match number(text, after + 1, digits, 16) {
        Some(character) => (piece(character), after + 1 + digits),
        None => (Piece::Gap, after),
    }
}

/// `&#65;`, `&#x41;`, and the names of the characters that HTML escapes.
fn of_html(text: &[u8], at: usize) -> Option<(Piece, usize)> {
    // The longest that is read is the number of a character, in hex with leading zeros.
    let name = text[at + 1..]
        .iter()
        .take(10)
        .position(|byte| *byte == b';');
    let end = at + 1 + name?;
    let character = match &text[at + 1..end] {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 0, digits.len(), 16)?,
        [b'#', digits @ ..] => number(digits, 0, digits.len(), 10)?,
        b"amp" => u32::from(b'&'),
        b"lt" => u32::from(b'<'),
        b"gt" => u32::from(b'>'),
        b"quot" => u32::from(b'"'),
        b"apos" => u32::from(b'\''),
        b"nbsp" | b"shy" => u32::from(b' '),
        _ => return None,
    };
    Some((piece(character), end + 1))
}

/// The number of so many digits at a position.
fn number(text: &[u8], at: usize, digits: usize, radix: u32) -> Option<u32> {
    let text = text.get(at..at.checked_add(digits)?)?;
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u32, |number, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests;
