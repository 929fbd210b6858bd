//! The bytes of a step.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::step::{Framing, Repeat, Reply, Send};
use crate::vars::Vars;

/// What is sent: bytes, and perhaps something after them that never ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Sent first.
    pub first: Vec<u8>,
    /// Sent again and again.
    pub endless: Vec<u8>,
}

impl From<Vec<u8>> for Bytes {
    fn from(first: Vec<u8>) -> Self {
        Self {
            first,
            endless: Vec::new(),
        }
    }
}

/// The bytes of a `send`.
///
/// # Errors
/// An unknown variable, or digits that are none.
pub fn sent(send: &Send, vars: &Vars, number: usize) -> Result<Bytes, String> {
    if let Some(text) = &send.text {
        return Ok(vars.fill(text, number)?.into_bytes().into());
    }
    if let Some(digits) = &send.hex {
        return Ok(hex(digits)?.into());
    }
    if let Some(count) = send.headers {
        let lines: String = (0..count)
            .map(|at| format!("X-Filler-{at}: {at}\r\n"))
            .collect();
        return Ok(lines.into_bytes().into());
    }
    let Some(repeat) = &send.repeat else {
        return Err("`send` holds nothing".to_owned());
    };
    Ok(match repeat.times {
        Some(times) => repeat.text.repeat(times).into_bytes().into(),
        None => Bytes {
            first: Vec::new(),
            // Not byte by byte.
            endless: repeat
                .text
                .repeat(1 + 8192 / repeat.text.len().max(1))
                .into_bytes(),
        },
    })
}

/// The bytes of a `reply`.
///
/// # Errors
/// An unknown variable.
pub fn reply(reply: &Reply, vars: &Vars, number: usize) -> Result<Vec<u8>, String> {
    let mut body = match (&reply.json, &reply.text, &reply.gzip) {
        (Some(json), ..) => vars.fill(&json.to_string(), number)?.into_bytes(),
        (_, Some(text), _) => vars.fill(text, number)?.into_bytes(),
        (_, _, Some(repeat)) => gzip(repeat)?,
        _ => Vec::new(),
    };
    let mut head = format!("HTTP/1.1 {:03} Scripted\r\n", reply.status);
    let mut line = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
    if reply.json.is_some() {
        line("Content-Type", "application/json; charset=utf-8");
    }
    if reply.gzip.is_some() {
        line("Content-Encoding", "gzip");
    }
    for (name, value) in &reply.headers {
        line(name, &vars.fill(value, number)?);
    }
    match reply.framing {
        Framing::Length => line("Content-Length", &body.len().to_string()),
        Framing::Chunked => {
            line("Transfer-Encoding", "chunked");
            let mut chunks = format!("{:x}\r\n", body.len()).into_bytes();
            chunks.append(&mut body);
            chunks.extend_from_slice(b"\r\n0\r\n\r\n");
            body = chunks;
        }
        Framing::Untold => {}
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.append(&mut body);
    Ok(bytes)
}

fn gzip(repeat: &Repeat) -> Result<Vec<u8>, String> {
    let times = repeat.times.ok_or("an endless gzip has no length")?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // In one go it would have to be in memory.
    let block = repeat
        .text
        .repeat((65_536 / repeat.text.len().max(1)).max(1));
    let mut left = repeat.text.len() * times;
    while left > 0 {
        let count = left.min(block.len());
        encoder
            .write_all(&block.as_bytes()[..count])
            .map_err(|error| error.to_string())?;
        left -= count;
    }
    encoder.finish().map_err(|error| error.to_string())
}

fn hex(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b' ').collect();
    digits
        .chunks(2)
        .map(|pair| {
            let text = std::str::from_utf8(pair).unwrap_or_default();
            u8::from_str_radix(text, 16).map_err(|_| format!("{text:?} is no byte in hex"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn bytes(text: &str) -> String {
        let reply: Reply = serde_json::from_str(text).unwrap();
        String::from_utf8(super::reply(&reply, &Vars::default(), 1).unwrap()).unwrap()
    }

    #[test]
    fn a_reply_is_framed_as_told() {
        assert_eq!(
            bytes(r#"{"status": 99, "text": "hi"}"#),
            "HTTP/1.1 099 Scripted\r\nContent-Length: 2\r\n\r\nhi"
        );
        assert_eq!(
            bytes(r#"{"status": 200, "text": "hi", "framing": "chunked"}"#),
            "HTTP/1.1 200 Scripted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
        );
        assert_eq!(
            bytes(r#"{"status": 200, "text": "hi", "framing": "untold"}"#),
            "HTTP/1.1 200 Scripted\r\n\r\nhi"
        );
    }

    #[test]
    fn a_bomb_is_small_until_it_is_opened() {
        let bomb = gzip(&Repeat {
            text: "0".to_owned(),
            times: Some(1_000_000),
        })
        .unwrap();
        assert!(bomb.len() < 2_000, "{}", bomb.len());
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(&bomb[..])
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out.len(), 1_000_000);
    }

    #[test]
    fn bytes_are_generated() {
        let of = |text: &str| {
            let send = serde_json::from_str(text).unwrap();
            sent(&send, &Vars::default(), 1)
        };
        assert_eq!(of(r#"{"hex": "00 0dff"}"#).unwrap().first, [0, 13, 255]);
        assert_eq!(
            of(r#"{"headers": 2}"#).unwrap().first,
            b"X-Filler-0: 0\r\nX-Filler-1: 1\r\n"
        );
        let endless = of(r#"{"repeat": {"text": "ab"}}"#).unwrap().endless;
        assert!(endless.starts_with(b"abab") && endless.len() > 8_000);
        assert!(of("{}").is_err() && of(r#"{"hex": "0g"}"#).is_err());
    }
}
