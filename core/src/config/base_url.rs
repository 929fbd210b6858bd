//! The API's address, validated before any library reads it.

use std::net::IpAddr;

use http::Uri;

use crate::error::{Error, Result, name};

/// The address of the API this SDK is for.
pub(crate) const DEFAULT: &str = "https://connect.penbox.io/v1";

/// A validated base address: scheme, host, optional port and path, nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
}

impl BaseUrl {
    /// Validates an address. The error never repeats the address, which may hold a password.
    pub(crate) fn parse(text: &str, allow_insecure_http: bool) -> Result<BaseUrl> {
        let refuse = |message: &str| Err(wrong(message));
        if text.is_empty() {
            return refuse(concat!(name!("base_url"), " is empty"));
        }
        // Some parsers read a backslash as a slash: two of them would see different hosts.
        if text
            .bytes()
            .any(|byte| byte <= b' ' || byte == 0x7f || byte == b'\\')
            || !text.is_ascii()
        {
            return refuse(concat!(
                name!("base_url"),
                " contains a space, a control character, a backslash or a character that is not ASCII"
            ));
        }
        if text.contains('@') {
            return refuse(concat!(
                name!("base_url"),
                " must not contain a user name or password"
            ));
        }
        if text.contains(['?', '#']) {
            return refuse(concat!(
                name!("base_url"),
                " must not contain a query or fragment"
            ));
        }
        let Ok(uri) = text.parse::<Uri>() else {
            return refuse(concat!(name!("base_url"), " is not a valid URL"));
        };
        let (Some(scheme), Some(host)) =
            (uri.scheme_str(), uri.host().filter(|host| !host.is_empty()))
        else {
            return refuse(concat!(
                name!("base_url"),
                " must be absolute: scheme, host and version"
            ));
        };
        // The paths of operations begin with a slash.
        let path = uri.path().trim_end_matches('/');
        // An escape could hide a dot segment, which a proxy or server might resolve after this check.
        if path.split('/').any(|segment| matches!(segment, "." | ".."))
            || path.contains("//")
            || path.contains('%')
        {
            return refuse(concat!(
                "the path of ",
                name!("base_url"),
                " must be plain segments"
            ));
        }
        let authority = uri.authority().map(|a| a.as_str()).unwrap_or_default();
        // The authority begins with the host, since it has no user name.
        let port = &authority[host.len()..];
        // `https://host:/v1` parses as well, and has no port.
        if !port.is_empty() && uri.port_u16().is_none_or(|port| port == 0) {
            return refuse(concat!(
                "the port of ",
                name!("base_url"),
                " must be a number from 1 to 65535"
            ));
        }
        match scheme {
            "https" => {}
            "http" if allow_insecure_http || is_loopback(host) => {}
            "http" => {
                return Err(wrong(concat!(name!("base_url"), " uses plain http to a host that is not loopback; the token would cross the network in clear text"))
                    .with_hint(concat!("Use https. Plain http is accepted for 127.0.0.1, localhost and [::1], or with ", name!("allow_insecure_http"), ".")));
            }
            _ => return refuse(concat!(name!("base_url"), " must start with https://")),
        }
        Ok(BaseUrl {
            text: format!("{scheme}://{authority}{path}"),
        })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Reports whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(self.host_and_port().0)
    }

    /// The host (an IPv6 address in brackets) and the port, or the scheme's default port.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let authority = self.text.split('/').nth(2).unwrap_or_default();
        let default = if self.is_https() { 443 } else { 80 };
        match authority.rsplit_once(':') {
            // The last colon of an IPv6 address without a port is inside the brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap_or(default)),
            _ => (authority, default),
        }
    }

    /// The address without a trailing slash.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// The error for a bad address, with the usual hint.
fn wrong(message: &str) -> Error {
    Error::config(message).with_hint("The API's address is https://connect.penbox.io/v1; a local one looks like http://127.0.0.1:8080/v1.")
}

/// Reports whether a host is this machine. `localhost` never resolves to another one (RFC 6761, section 6.3).
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_https_and_loopback() {
        for (given, kept) in [
            (DEFAULT, DEFAULT),
            ("https://connect.penbox.io/v1/", DEFAULT),
            ("https://proxy.example:8443", "https://proxy.example:8443"),
            ("http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"),
            ("http://localhost/v1", "http://localhost/v1"),
            ("http://[::1]:80/v1", "http://[::1]:80/v1"),
        ] {
            assert_eq!(BaseUrl::parse(given, false).unwrap().as_str(), kept);
        }
        assert!(BaseUrl::parse("http://10.0.0.1/v1", true).is_ok());
    }

    #[test]
    fn refuses_other_addresses_without_repeating_them() {
        for given in [
            "",
            "connect.penbox.io/v1",
            "/v1",
            "ftp://host/v1",
            "file:///etc/passwd",
            "data:,x",
            "http://example.com/v1",
            "http://10.0.0.1/v1",
            "http://127.0.0.1.example.com/v1",
            "https://user:hunter2@host/v1",
            "https://user@host/v1",
            "https://host/v1?x=1",
            "https://host/v1#x",
            "https://host/a/../v1",
            "https://host//v1",
            "https://host/%2e%2e",
            "https://host:/v1",
            "https://host:0/v1",
            "https://ho st/v1",
            "https://host\n/v1",
            "https://host\\v1",
            "https://h\u{f6}st/v1",
            "https:///v1",
            "https://host:99999/v1",
        ] {
            let error = BaseUrl::parse(given, false).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config, "{given}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }
}
