use std::fmt::Write;

use axum::http::HeaderValue;

/// `attachment; filename="ascii"; filename*=UTF-8''encoded` (RFC 6266; that files come with it is inferred).
pub(crate) fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' => '_',
            c if c == ' ' || c.is_ascii_graphic() => c,
            _ => '_',
        })
        .collect();
    let mut text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_fits() {
        for (name, text) in [
            (
                "a b.pdf",
                r#"attachment; filename="a b.pdf"; filename*=UTF-8''a%20b.pdf"#,
            ),
            (
                "é\"\r\n.pdf",
                r#"attachment; filename="____.pdf"; filename*=UTF-8''%C3%A9%22%0D%0A.pdf"#,
            ),
        ] {
            assert_eq!(attachment(name), text);
        }
    }
}
