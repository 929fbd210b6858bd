//! The text by which a function of C says why it failed.

/// The room for the text. The core shows 200 characters of it.
pub(crate) const ROOM: usize = 1024;

/// Reads the text of a failure: `-n` for n bytes in `reason`. Any other number, and an empty text, are those of a
/// function that gave none.
pub(crate) fn read(result: i64, reason: &[u8]) -> String {
    let size = usize::try_from(result.unsigned_abs()).unwrap_or(usize::MAX);
    let text = match result {
        0.. => None,
        _ => reason.get(..size).map(String::from_utf8_lossy),
    };
    let text = text.as_deref().map(|text| text.trim_matches('\0'));
    let text = text.filter(|text| !text.is_empty());
    text.unwrap_or("it gave no reason").to_owned()
}
