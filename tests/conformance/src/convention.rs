//! What holds for every request, whatever the case says.

use crate::http::Request;
use crate::leak::LeakScan;

/// Headers that no request may carry: the client has no cookies, and no page that it came from.
const NEVER: &[&str] = &["cookie", "referer", "proxy-authorization"];

/// Lists what is wrong with a request. `named` are the headers that the case judges itself; `token` is the case's.
#[must_use]
pub fn violations(
    request: &Request,
    named: &[&str],
    port: u16,
    token: Option<&str>,
    scan: &LeakScan,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut once = |name: &str, value: Option<&str>| {
        if !named.contains(&name) {
            wrong.extend(header(request, name, value));
        }
    };
    once("host", Some(&format!("127.0.0.1:{port}")));
    once("accept", Some("application/json"));
    once("accept-encoding", Some("gzip"));
    once(
        "content-type",
        (!request.body.is_empty()).then_some("application/json"),
    );
    if let Some(token) = token {
        once("authorization", Some(&format!("Bearer {token}")));
    }
    for name in NEVER {
        once(name, None);
    }
    let agents: Vec<&str> = request.all("user-agent").collect();
    if !matches!(agents[..], [agent] if is_ours(agent)) {
        wrong.push(format!(
            "header user-agent: expected penbox-<lang>/<version>, got {agents:?}"
        ));
    }
    if let Some(byte) = request.target.bytes().find(|byte| !fits_a_url(*byte)) {
        wrong.push(format!(
            "target: {:?} is not percent-encoded in {}",
            char::from(byte),
            request.target
        ));
    }
    let others = request
        .headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    let mut texts: Vec<&[u8]> = others.map(|(_, value)| value.as_bytes()).collect();
    texts.extend([request.target.as_bytes(), &request.body]);
    if let Some(how) = texts.iter().find_map(|text| scan.find(text)) {
        wrong.push(format!(
            "the request holds the token outside Authorization ({how})"
        ));
    }
    wrong
}

/// Judges one header: exactly once with this value, or not at all.
#[must_use]
pub fn header(request: &Request, name: &str, value: Option<&str>) -> Option<String> {
    let got: Vec<&str> = request.all(name).collect();
    let right = match value {
        Some(value) => got == [value],
        None => got.is_empty(),
    };
    let expected = || value.map_or_else(|| "absent".to_owned(), |value| format!("{value:?}"));
    (!right).then(|| format!("header {name}: expected {}, got {got:?}", expected()))
}

/// Whether a text is `penbox-<lang>/<version>`, with or without more behind it.
fn is_ours(agent: &str) -> bool {
    let product = agent.split(' ').next().unwrap_or_default();
    let parts = product
        .strip_prefix("penbox-")
        .and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(language, version)| {
        !language.is_empty() && version.starts_with(|first: char| first.is_ascii_digit())
    })
}

/// Whether a byte may stand in a target as it is. Brackets may not: the names of parameters are encoded too.
fn fits_a_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%/?&=+!$'()*,;:@".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vars::TOKEN;

    fn good() -> Request {
        let headers = [
            ("Host", "127.0.0.1:9"),
            ("Accept", "application/json"),
            ("accept-encoding", "gzip"),
            ("User-Agent", "penbox-rust/0.1.0 crm/2"),
            ("Authorization", &format!("Bearer {TOKEN}")),
        ];
        Request {
            method: "GET".to_owned(),
            target: "/v1/forms?page%5Bsize%5D=2".to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            body: Vec::new(),
        }
    }

    fn judge(request: &Request) -> Vec<String> {
        violations(request, &[], 9, Some(TOKEN), &LeakScan::new([TOKEN]))
    }

    #[test]
    fn a_good_request_is_good() {
        assert_eq!(judge(&good()), Vec::<String>::new());
    }

    #[test]
    fn each_convention_can_fail() {
        type Spoil = fn(&mut Request);
        let spoiled: [(Spoil, &str); 9] = [
            (|r| r.headers[0].1.push('0'), "header host"),
            (|r| r.headers[1].1 = "*/*".to_owned(), "header accept:"),
            (
                |r| r.headers[2].1 = "identity".to_owned(),
                "header accept-encoding",
            ),
            (
                |r| r.headers[3].1 = "curl/8".to_owned(),
                "header user-agent",
            ),
            (
                |r| r.headers.push(r.headers[4].clone()),
                "header authorization",
            ),
            (
                |r| r.headers.push(("Cookie".to_owned(), "a=b".to_owned())),
                "header cookie",
            ),
            (
                |r| r.target = "/v1/forms?page[size]=2".to_owned(),
                "'[' is not percent-encoded",
            ),
            (|r| r.target.push_str(TOKEN), "holds the token"),
            (|r| r.body = b"{}".to_vec(), "header content-type"),
        ];
        for (spoil, part) in spoiled {
            let mut request = good();
            spoil(&mut request);
            let wrong = judge(&request);
            assert!(
                wrong.len() == 1 && wrong[0].contains(part),
                "{part}: {wrong:?}"
            );
        }
    }

    #[test]
    fn what_the_case_names_is_left_to_the_case() {
        let mut request = good();
        request.headers[1].1 = "application/pdf".to_owned();
        assert!(violations(&request, &["accept"], 9, Some(TOKEN), &LeakScan::default()).is_empty());
    }
}
