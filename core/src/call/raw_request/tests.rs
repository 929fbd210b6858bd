use super::*;

fn path(text: &str) -> std::result::Result<String, String> {
    valid_path(text, "https://connect.penbox.io/v1").map_err(|error| error.message().to_owned())
}

#[test]
fn a_path_below_the_base_url_is_sent_as_it_was_given() {
    for (given, sent) in [
        ("/requests", "/requests"),
        ("requests/a", "/requests/a"),
        ("/requests/a b", "/requests/a%20b"),
        ("/flows/é", "/flows/%C3%A9"),
        ("/flows/a%2Fb", "/flows/a%2Fb"),
        ("/flows/a:b@c", "/flows/a:b@c"),
        ("/flows/..a/b..", "/flows/..a/b.."),
        ("/v2/requests", "/v2/requests"),
        ("/requests/v1", "/requests/v1"),
    ] {
        assert_eq!(path(given).as_deref(), Ok(sent), "{given}");
    }
}

#[test]
fn a_path_that_may_lead_elsewhere_is_refused() {
    for (given, why) in [
        ("", "is empty"),
        (" ", "is empty"),
        ("/", "is empty"),
        ("https://evil.example/x", "is absolute"),
        ("HTTP:x", "is absolute"),
        ("//evil.example/x", "is absolute"),
        ("/https://evil.example/x", "is absolute"),
        ("user:pass@evil.example", "is absolute"),
        ("\\\\evil.example", "backslash"),
        ("/\\evil.example", "backslash"),
        ("/a/../b", ".. segment"),
        ("..", ".. segment"),
        ("/a/./b", ".. segment"),
        ("/a/%2e%2E/b", ".. segment"),
        ("/a/..%2fb", ".. segment"),
        ("/a/%5c..%5Cb", ".. segment"),
        ("/a%00", "control"),
        ("/a%0d%0aX", "control"),
        ("/a\r\nX: y", "control"),
        ("/a\u{2028}b", "line break"),
        ("/a\tb", "control"),
        ("/a?b=c", "query"),
        ("/a#b", "fragment"),
        ("/a%", "no escape"),
        ("/a%2", "no escape"),
        ("/a%zz", "no escape"),
        ("/requests/", "empty segment"),
        ("/requests//x", "empty segment"),
        ("/requests/ /x", "empty segment"),
        ("/v1/requests", "begins with /v1"),
        ("v1", "begins with /v1"),
    ] {
        let refused = path(given).unwrap_err();
        assert!(refused.contains(why), "{given:?}: {refused}");
    }
    assert!(path(&"/a".repeat(3000)).unwrap_err().contains("4096"));
}
