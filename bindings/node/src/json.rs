//! JSON text as strings of JavaScript's, for `JSON.parse`.

use std::ptr;

use napi::bindgen_prelude::ToNapiValue;
use napi::{check_status, sys};

/// JSON text in the form of which V8 makes a string at the least cost.
pub enum Json {
    /// Latin-1, one byte a character, which V8 copies as it is. Other characters stand as `\u` escapes: they can only be in
    /// JSON's strings, where escapes are allowed.
    Narrow(Vec<u8>),
    /// UTF-8, for text with so many characters beyond Latin-1 that escapes would cost more than they save.
    Wide(String),
}

/// The most characters of V8's strings on a 64-bit machine.
const LONGEST: usize = (1 << 29) - 24;

impl Json {
    /// Returns whether JavaScript has strings of this length.
    pub(crate) fn fits(&self) -> bool {
        match self {
            Json::Narrow(bytes) => bytes.len() <= LONGEST,
            Json::Wide(text) => text.len() <= LONGEST,
        }
    }

    /// One text.
    pub(crate) fn of(text: &str) -> Json {
        Json::joined([text, "", ""])
    }

    /// One text in three parts: they are copied once instead of being joined first.
    pub(crate) fn joined(parts: [&str; 3]) -> Json {
        let length = parts.iter().map(|part| part.len()).sum();
        let mut bytes = Vec::with_capacity(length);
        // An escape takes six bytes and a `format!`. At one in 32 bytes the plain copy of the rest still saves more.
        let mut escapes_left = length / 32;
        let narrow = |part: &&str| narrow(part, &mut bytes, &mut escapes_left).is_some();
        match parts.iter().all(narrow) {
            true => Json::Narrow(bytes),
            false => Json::Wide(parts.concat()),
        }
    }
}

/// Appends a text as Latin-1 with escapes. `None` once there are too many of them.
fn narrow(text: &str, bytes: &mut Vec<u8>, escapes_left: &mut usize) -> Option<()> {
    let mut rest = text;
    loop {
        // Answers are mostly ASCII, and a run of it is copied in one go.
        let (plain, other) = rest.split_at(ascii_run(rest.as_bytes()));
        bytes.extend_from_slice(plain.as_bytes());
        let mut characters = other.chars();
        let Some(character) = characters.next() else {
            return Some(());
        };
        match u8::try_from(character) {
            Ok(byte) => bytes.push(byte),
            Err(_) => {
                *escapes_left = escapes_left.checked_sub(1)?;
                for unit in character.encode_utf16(&mut [0; 2]) {
                    bytes.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
        rest = characters.as_str();
    }
}

/// The number of ASCII bytes at the front. Blocks of 32 let the compiler test a whole vector register at a time.
fn ascii_run(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<32>();
    let whole = 32 * blocks.iter().take_while(|block| block.is_ascii()).count();
    let tail = bytes[whole..].iter().take_while(|byte| byte.is_ascii());
    whole + tail.count()
}

impl ToNapiValue for Json {
    unsafe fn to_napi_value(env: sys::napi_env, text: Json) -> napi::Result<sys::napi_value> {
        let bytes = match text {
            // SAFETY: the caller's promise about `env` is passed on.
            Json::Wide(text) => return unsafe { String::to_napi_value(env, text) },
            Json::Narrow(bytes) => bytes,
        };
        let (start, length) = (bytes.as_ptr().cast(), bytes.len() as isize);
        let mut value = ptr::null_mut();
        // SAFETY: `env` is valid by the caller's promise; the bytes live until the call has copied them.
        let status = unsafe { sys::napi_create_string_latin1(env, start, length, &mut value) };
        check_status!(status, "the answer's text does not fit into JavaScript")?;
        Ok(value)
    }
}
