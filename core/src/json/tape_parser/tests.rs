use super::*;

const TEXT: &str = r#" {"a": [1, -2, 0, -0, 18446744073709551615, 18446744073709551616, -9223372036854775808, -9223372036854775809,
1.5, 2e3, 1E-2, 0.1, 123456789012345678901234567890, 5e-324], "b\u00e9\n": {"": "", "x": "plain \u00fc", "x": "\ud83d\ude00 \"q\" \\ \/"},
"t": true, "f": false, "n": null, "e": [], "o": {}, "ü😀": ["deep", [[[{"k": [null]}]]]] } "#;

/// Asserts that serde_json accepts the text, too, and reads it the same. Reports whether the parser accepts it.
fn agree(text: &str) -> bool {
    let accepted = parse(text, &Kind::Any).is_some();
    crate::testing::fuzz::json::document(text.as_bytes());
    accepted
}

#[test]
fn parses_what_a_server_sends() {
    assert!(agree(TEXT));
    for text in ["1", " \"\" ", "[]", "{}", "null", "-0", "1e308", "[[],{}]"] {
        assert!(agree(text), "{text}");
    }
}

#[test]
fn a_text_with_any_character_changed_is_read_as_serde_json_reads_it() {
    let changes = [
        "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "9", "-", ".", "e", "u", " ", "\u{1}",
        "é",
    ];
    let mut accepted = 0;
    for (position, old) in TEXT.char_indices() {
        let (before, after) = (&TEXT[..position], &TEXT[position + old.len_utf8()..]);
        accepted += usize::from(agree(before));
        for new in changes {
            accepted += usize::from(agree(&format!("{before}{new}{after}")));
        }
    }
    assert!(accepted > 500, "only {accepted} were accepted");
}

#[test]
fn a_text_may_be_as_deep_as_in_serde_json() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(agree(&deep(127)));
    assert!(!agree(&deep(128)) && Tape::of(&deep(128)).is_err());
    assert!(Tape::of(&"[".repeat(200_000)).is_err());
}

#[test]
fn a_number_beyond_all_doubles_is_accepted() {
    for text in ["1e999", "-1e999", "[1e400,1]", &"9".repeat(400)] {
        assert!(agree(text), "{text}");
    }
    let by_kind = |text: &str, kind: &Kind| parse(text, kind).is_some();
    assert!(by_kind("1e300", &Kind::Number) && !by_kind("1e400", &Kind::Number));
    assert!(!by_kind("1e2", &Kind::Integer) && !by_kind("1e400", &Kind::Text));
}
