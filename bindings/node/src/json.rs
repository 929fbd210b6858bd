//! JSON text on its way to `JSON.parse`.

use std::ptr;

use napi::bindgen_prelude::ToNapiValue;
use napi::{check_status, sys};

/// JSON text in the form that JavaScript makes a string of at the least cost.
pub enum Json {
    /// A byte a character (Latin-1): copied as it is. What lies beyond stands as `\u` escapes, which JSON allows wherever it
    /// allows such a character.
    Narrow(Vec<u8>),
    /// Text with so many characters beyond Latin-1 that escapes would cost more than they save.
    Wide(String),
}

impl Json {
    pub(crate) fn of(text: &str) -> Json {
        Json::joined([text, "", ""])
    }

    /// What is in three parts.
    pub(crate) fn joined(parts: [&str; 3]) -> Json {
        let length = parts.iter().map(|part| part.len()).sum();
        let mut bytes = Vec::with_capacity(length);
        let mut escapes_left = length / 32;
        let narrow = |part: &&str| narrow(part, &mut bytes, &mut escapes_left).is_some();
        match parts.iter().all(narrow) {
            true => Json::Narrow(bytes),
            false => Json::Wide(parts.concat()),
        }
    }
}

fn narrow(text: &str, bytes: &mut Vec<u8>, escapes_left: &mut usize) -> Option<()> {
    let mut rest = text;
    loop {
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

/// How many bytes at the front are ASCII.
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
