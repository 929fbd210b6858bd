use axum::http::{HeaderMap, header};

/// What a caller wants most by its `Accept` headers: the range with the highest `q`, the first of equals, in lower case.
/// Nothing when there is no such header or nothing acceptable in it.
pub(crate) fn preferred(headers: &HeaderMap) -> Option<String> {
    let mut best: Option<(f32, String)> = None;
    for value in headers.get_all(header::ACCEPT) {
        for range in value.to_str().unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let q = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if !name.is_empty() && q > best.as_ref().map_or(0.0, |(q, _)| *q) {
                best = Some((q, name));
            }
        }
    }
    best.map(|(_, name)| name)
}

/// For `/attachments/{id}`: JSON for its name, for anything and for nothing; else bytes (inferred).
pub(crate) fn wants_bytes(headers: &HeaderMap) -> bool {
    !matches!(
        preferred(headers).as_deref(),
        None | Some("*/*" | "application/*" | "application/json")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        preferred(&headers)
    }

    #[test]
    fn the_highest_q_then_the_first() {
        assert_eq!(preferred(&HeaderMap::new()), None);
        for (value, wanted) in [
            ("application/json", "application/json"),
            ("Application/PDF", "application/pdf"),
            ("application/json;q=0.5, application/pdf", "application/pdf"),
            ("application/pdf, application/json", "application/pdf"),
            ("text/html, */*;q=0.8", "text/html"),
        ] {
            assert_eq!(of(value).as_deref(), Some(wanted), "{value}");
        }
        for nothing in ["", ",", "application/pdf;q=0", "application/pdf;q=x"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }
}
