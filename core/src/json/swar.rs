//! Searches and compares text eight bytes at a time (SWAR, "SIMD within a register"). `std::simd` is unstable, and platform
//! intrinsics need unsafe code, which this crate forbids.

/// Each of the eight bytes is 1. Its product with a byte repeats that byte eight times.
const ONES: u64 = u64::from_ne_bytes([1; 8]);
/// The highest bit of each of the eight bytes. A subtraction sets it in the byte that was too small.
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The rest of a text from the first special byte on: a quote, a backslash, or a control character, which a string may not hold.
/// Returns an empty rest where there is none.
#[inline]
pub(super) fn special(mut text: &[u8]) -> &[u8] {
    while let Some((chunk, rest)) = text.split_first_chunk() {
        // Little-endian on every machine: the first byte of the text is in the lowest bits, where `trailing_zeros` counts from.
        let found = found(u64::from_le_bytes(*chunk));
        if found != 0 {
            return text
                .get((found.trailing_zeros() / 8) as usize..)
                .unwrap_or_default();
        }
        text = rest;
    }
    tail(text)
}

/// The highest bit of each byte that is a quote, a backslash or below a space. The lowest bit found is exact: a borrow changes only
/// the bytes after the first one that is found.
#[inline]
fn found(word: u64) -> u64 {
    // With bit 0x02 flipped, a quote (0x22) becomes a space (0x20) and a control character stays one. All of them are below 0x21,
    // and no other byte is, so one subtraction finds both.
    let quote_or_control = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    // Bytes from 0x80 on have the bit before the subtraction, and are never special.
    (quote_or_control | backslash) & !word & HIGHS
}

/// The same for the last bytes, which are fewer than eight.
#[cold]
fn tail(text: &[u8]) -> &[u8] {
    let found = text
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    text.get(found.unwrap_or(text.len())..).unwrap_or_default()
}

/// Reports whether two texts of one length are the same. The first and the last eight bytes cover a text of up to 16, and most
/// names are that short. Comparing them inline takes less time than a call of `memcmp`.
#[inline]
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() > 16 {
        return one == other;
    }
    match (one.first_chunk::<8>(), other.first_chunk::<8>()) {
        (Some(first), Some(same)) => first == same && one.last_chunk::<8>() == other.last_chunk(),
        _ => match (one.first_chunk::<4>(), other.first_chunk::<4>()) {
            (Some(first), Some(same)) => {
                first == same && one.last_chunk::<4>() == other.last_chunk()
            }
            _ => one.iter().eq(other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_special_byte_wherever_it_stands() {
        for filler in [0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
            for length in 0..40 {
                for at in 0..length {
                    for byte in 0..=255 {
                        let mut bytes = vec![filler; length];
                        bytes[at] = byte;
                        // What follows the first one does not matter.
                        bytes[length - 1] = if at + 1 < length { b'"' } else { byte };
                        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
                        let expected = bytes.iter().position(is_special).unwrap_or(length);
                        for from in [0, at] {
                            let rest = &bytes[expected..];
                            assert_eq!(special(&bytes[from..]), rest, "{bytes:?} from {from}");
                        }
                    }
                }
            }
        }
        assert_eq!(special(b""), b"");
    }

    #[test]
    fn tells_texts_of_one_length_apart() {
        for length in 0..40 {
            let one = vec![b'a'; length];
            assert!(same(&one, &one.clone()));
            for at in 0..length {
                let mut other = one.clone();
                other[at] = b'b';
                assert!(!same(&one, &other), "{length} {at}");
            }
        }
    }
}
