//! The parts of a secret that are found in a text, those that are not, and the time that a search takes.

use std::time::Instant;

use super::*;

/// A secret of the documented shape, in which each window is unique.
const SECRET: &str = "Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLeW9rT4yU6i";

/// The text with each part of the secret that is found in brackets.
fn marked(text: &str) -> String {
    let mut out = String::new();
    let mut end = 0;
    for part in TokenFinder::of(SECRET.as_bytes()).find(text.as_bytes()) {
        out += &format!("{}[{}]", &text[end..part.start], &text[part.clone()]);
        end = part.end;
    }
    out + &text[end..]
}

fn escaped(text: &str, escape: impl Fn(u8) -> String) -> String {
    text.bytes().map(escape).collect()
}

#[test]
fn eight_characters_are_found_in_every_form() {
    let part = &SECRET[10..18];
    let with = |separator: &str| escaped(part, |byte| format!("{}{separator}", char::from(byte)));
    for form in [
        part.to_owned(),
        part.to_uppercase(),
        part.to_lowercase(),
        escaped(part, |byte| format!("%{byte:02x}")),
        escaped(part, |byte| format!("%25{byte:02X}")),
        escaped(part, |byte| format!("%2525{byte:02X}")),
        escaped(part, |byte| format!("\\u{byte:04x}")),
        escaped(part, |byte| format!("\\\\u{byte:04X}")),
        escaped(part, |byte| format!("\\x{byte:02x}")),
        escaped(part, |byte| format!("&#{byte};")),
        escaped(part, |byte| format!("&#x{byte:x};")),
        escaped(part, |byte| format!("{byte:02x}")),
    ] {
        assert_eq!(marked(&format!("bad: {form}!")), format!("bad: [{form}]!"));
    }
    // A separator after the last character is none of its part.
    for separator in [
        "\n", "\r\n  ", " ", "\t", "\\n", "\\r\\n", "\\\\n", "%0A", "&#10;", "&nbsp;", "\u{a0}",
        "\u{200b}", "\u{ad}",
    ] {
        let form = with(separator);
        let shown = form.strip_suffix(separator).unwrap();
        assert_eq!(
            marked(&form),
            format!("[{shown}]{separator}"),
            "{separator:?}"
        );
    }
}

#[test]
fn the_names_that_html_gives_characters_are_read() {
    for (character, name) in [
        ('&', "amp"),
        ('<', "lt"),
        ('>', "gt"),
        ('"', "quot"),
        ('\'', "apos"),
    ] {
        // Neither half is long enough by itself.
        let secret = format!("Qw3r{character}Ty7u");
        let text = format!("Qw3r&{name};Ty7u");
        let found = TokenFinder::of(secret.as_bytes()).find(text.as_bytes());
        let whole = 0..text.len();
        assert_eq!(found, [whole], "{name}");
    }
}

#[test]
fn base64_is_found_wherever_the_token_begins_in_it() {
    for before in ["", "a", "ab", "Bearer pnbx_", "penbox:pnbx_"] {
        let all = format!("{before}{SECRET}!");
        let mut text = base64(all.as_bytes());
        let find = |text: &[u8]| {
            let found = TokenFinder::of(SECRET.as_bytes()).find(text);
            found.iter().map(ExactSizeIterator::len).sum::<usize>()
        };
        // The first and the last group may hold bytes of others, too.
        let expected = SECRET.len() / 3 * 4 - 4;
        assert!(find(&text) >= expected, "{before:?}: {}", find(&text));
        text.make_ascii_uppercase();
        assert!(find(&text) >= expected, "{before:?}");
    }
}

#[test]
fn seven_characters_and_other_text_are_not_found() {
    let seven = |start: usize| &SECRET[start..start + 7];
    for text in [
        String::new(),
        "pnbx_".into(),
        format!("pnbx_{}", seven(0)),
        format!("{}, {}", seven(0), seven(7)),
        format!("{}é{}", seven(0), seven(7)),
        format!("{}%2C{}", seven(0), seven(7)),
        SECRET.chars().rev().collect(),
        "%".into(),
        "%4".into(),
        "%25".into(),
        "\\".into(),
        "\\u00".into(),
        "&#;".into(),
        "&#x".into(),
        "&#99999999;".into(),
    ] {
        assert_eq!(marked(&text), text);
    }
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }
}

/// Reports whether eight characters of the secret stand in a row in a text, white space aside. It knows no escapes.
fn is_shown(text: &str) -> bool {
    let folded = |text: &str| -> Vec<u8> {
        let bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
        bytes.map(|byte| byte.to_ascii_lowercase()).collect()
    };
    let (text, secret) = (folded(text), folded(SECRET));
    secret
        .windows(PART)
        .any(|part| text.windows(PART).any(|window| window == part))
}

#[test]
fn of_random_texts_only_those_with_eight_characters_change() {
    let mut numbers = Numbers(16);
    let alphabet: Vec<char> = ('!'..='~').chain(" \n\té€".chars()).collect();
    let (mut with, mut without) = (0, 0);
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..numbers.below(12) {
            match numbers.below(4) {
                0 => text += "pnbx_",
                1 => {
                    let (start, length) = (numbers.below(40), numbers.below(10));
                    let part = &SECRET[start..SECRET.len().min(start + length)];
                    // A line break within it hides nothing.
                    let (first, rest) = part.split_at(numbers.below(part.len() + 1));
                    text += &format!("{first}{}{rest}", ["", "\r\n\t"][numbers.below(2)]);
                    text.push([',', '.', '"', 'é'][numbers.below(4)]);
                }
                2 => text += &format!("{:x}", numbers.below(1 << 30)),
                _ => (0..numbers.below(40))
                    .for_each(|_| text.push(alphabet[numbers.below(alphabet.len())])),
            }
        }
        let changed = marked(&text) != text;
        assert_eq!(
            changed,
            is_shown(&text),
            "{text:?} became {:?}",
            marked(&text)
        );
        match changed {
            true => with += 1,
            false => without += 1,
        }
    }
    assert!(
        with > 2_000 && without > 10_000,
        "{with} with, {without} without"
    );
}

#[test]
fn the_time_is_linear_in_the_text() {
    let finder = TokenFinder::of(SECRET.as_bytes());
    let part = &SECRET[..7];
    for unit in [
        "%", "%25", "\\", "&", "&#", "a", " ", "\n", SECRET, part, "\\u",
    ] {
        // Quadratic time would be minutes.
        let time = |length: usize| {
            let text = unit.repeat(length / unit.len());
            let started = Instant::now();
            finder.find(text.as_bytes());
            started.elapsed()
        };
        let long = time(256 * 1024);
        assert!(long.as_secs() < 5, "{unit:?}: {long:?}");
    }
}
