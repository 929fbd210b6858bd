//! The proxy between a client and the API, and the hosts that need none. A setting that is unclear is refused: a request that was
//! meant for a proxy must not be sent without it.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::auth::Environment;
use crate::error::{Error, Result};

/// A proxy that opens a tunnel to the API.
#[derive(Clone, PartialEq)]
pub(crate) struct Proxy {
    pub(crate) kind: ProxyKind,
    /// The name or address. An IPv6 address keeps the brackets of the URL.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The login, if the proxy's URL has one.
    pub(crate) login: Option<Login>,
}

/// The protocol between the client and a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyKind {
    /// `CONNECT`.
    Http,
    /// `CONNECT` over TLS.
    Https,
    /// SOCKS 5; the client resolves the target's name.
    Socks5,
    /// SOCKS 5; the proxy resolves the target's name.
    Socks5h,
}

/// The user name and password for a proxy.
#[derive(Clone, PartialEq)]
pub(crate) struct Login {
    pub(crate) user: Zeroizing<String>,
    pub(crate) password: Zeroizing<String>,
}

impl Proxy {
    /// The variable that names a proxy, and its value. `HTTP_PROXY` is not read: a CGI server sets it from a request's `Proxy`
    /// header (CVE-2016-5385).
    pub(super) fn of_environment(
        is_https: bool,
        process: &Environment,
    ) -> Result<(&'static str, Option<String>)> {
        let secure = match is_https {
            true => either_case("HTTPS_PROXY", process)?,
            false => ("HTTPS_PROXY", None),
        };
        match secure {
            (_, None) => either_case("ALL_PROXY", process),
            found => Ok(found),
        }
    }

    /// Reads a proxy's URL. `named` is the setting or variable that holds it. The error never repeats the URL, which may hold a
    /// password.
    pub(crate) fn parse(named: &str, text: &str) -> Result<Proxy> {
        let refuse = |why: &str| {
            Error::config(format!("{named} {why}"))
                .with_hint("A proxy is written http://host:port, https://host:port or socks5h://host:port, with user:password@ before the host where it asks for them.")
        };
        if !text.is_ascii() || text.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(refuse(
                "contains a space, a control character or a character that is not ASCII",
            ));
        }
        // curl, too, takes an address without a scheme for an HTTP proxy.
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (kind, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (ProxyKind::Http, 80),
            "https" => (ProxyKind::Https, 443),
            // The port of SOCKS (RFC 1928, section 3).
            "socks5" => (ProxyKind::Socks5, 1080),
            "socks5h" => (ProxyKind::Socks5h, 1080),
            _ => return Err(refuse("has a scheme that is not supported")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // The last @ ends the login: a password may have one unescaped.
        let (login, authority) = match rest.rsplit_once('@') {
            Some((login, authority)) => (Some(login), authority),
            None => (None, rest),
        };
        // The host and the port of any scheme are parsed as those of http.
        let uri: Uri = format!("http://{authority}/")
            .parse()
            .map_err(|_| refuse("is not a valid URL"))?;
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| refuse("names no host"))?;
        let port = authority.get(host.len()..).unwrap_or_default();
        if uri.path() != "/" || (!port.is_empty() && uri.port_u16().is_none_or(|port| port == 0)) {
            return Err(refuse("must be a host and a port, nothing more"));
        }
        Ok(Proxy {
            kind,
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(default_port),
            login: match login {
                None => None,
                Some(login) => Some(Login::parse(login).ok_or_else(|| {
                    refuse("has a user name or password that cannot be sent; write % and : in them as %25 and %3A")
                })?),
            },
        })
    }
}

impl Login {
    /// Reads a login with its percent-encoding. Returns nothing where one of its parts cannot be sent.
    fn parse(text: &str) -> Option<Login> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let decoded = |part: &str| {
            let bytes = percent_decode_str(part).decode_utf8().ok()?;
            // SOCKS 5 writes each length as one byte (RFC 1929, section 2).
            let fits = bytes.len() <= 255 && !bytes.chars().any(char::is_control);
            fits.then(|| Zeroizing::new(bytes.into_owned()))
        };
        Some(Login {
            // Basic authentication ends the user name at the first colon (RFC 7617, section 2).
            user: decoded(user).filter(|user| !user.contains(':'))?,
            password: decoded(password)?,
        })
    }
}

/// The name and value of a variable that may be in upper or lower case. If both are set, the lower case counts, as with curl.
pub(super) fn either_case(
    upper: &'static str,
    process: &Environment,
) -> Result<(&'static str, Option<String>)> {
    let lower = match upper {
        "HTTPS_PROXY" => "https_proxy",
        "ALL_PROXY" => "all_proxy",
        _ => "no_proxy",
    };
    match process.var(lower)? {
        Some(text) => Ok((lower, Some(text.to_owned()))),
        None => Ok((upper, process.var(upper)?.map(str::to_owned))),
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = if self.login.is_some() { "***@" } else { "" };
        write!(f, "{:?} {login}{}:{}", self.kind, self.host, self.port)
    }
}

/// Reports whether a list, such as `localhost,.example.com,10.0.0.0/8`, exempts a host from the proxy.
pub(crate) fn is_exempt(list: &str, host: &str, port: u16) -> bool {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    list.split([',', ' '])
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            if entry == "*" {
                return true;
            }
            let entry = entry.to_ascii_lowercase();
            if let (Some(address), Some((network, bits))) = (address, entry.split_once('/')) {
                return is_within(address, network, bits);
            }
            let (name, wanted) = match entry.rsplit_once(':') {
                // An entry with more colons than one is an IPv6 address.
                Some((name, wanted)) if !name.contains(':') || name.ends_with(']') => {
                    (name, Some(wanted))
                }
                _ => (entry.as_str(), None),
            };
            if wanted.is_some_and(|wanted| wanted.parse() != Ok(port)) {
                return false;
            }
            let name = name.trim_start_matches('[').trim_end_matches(']');
            let name = name
                // All three forms exempt the host itself and its subdomains.
                .strip_prefix("*.")
                .or(name.strip_prefix('.'))
                .unwrap_or(name);
            match address {
                Some(address) => name.parse() == Ok(address),
                None => {
                    host == name
                        || host
                            .strip_suffix(name)
                            // Whole labels only: `badexample.com` is no subdomain of `example.com`.
                            .is_some_and(|rest| rest.ends_with('.'))
                }
            }
        })
}

/// Reports whether an address is in a network such as `10.0.0.0/8`.
fn is_within(address: IpAddr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (u128::from(u32::from(a)), u128::from(u32::from(n)), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (u128::from(a), u128::from(n), 128),
        _ => return false,
    };
    // With 0 bits of IPv6 the shift is as wide as the number. It gives `None` on both sides then, and each address fits.
    let is_same = |rest| address.checked_shr(rest) == network.checked_shr(rest);
    u32::checked_sub(width, bits).is_some_and(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn proxies_are_read() {
        let of = |text| Proxy::parse("proxy", text).unwrap();
        for (text, kind, host, port) in [
            (
                "http://proxy.example:3128",
                ProxyKind::Http,
                "proxy.example",
                3128,
            ),
            (
                "proxy.example:3128/",
                ProxyKind::Http,
                "proxy.example",
                3128,
            ),
            ("http://proxy.example", ProxyKind::Http, "proxy.example", 80),
            (
                "HTTPS://proxy.example",
                ProxyKind::Https,
                "proxy.example",
                443,
            ),
            ("socks5://127.0.0.1", ProxyKind::Socks5, "127.0.0.1", 1080),
            ("socks5h://[::1]:9", ProxyKind::Socks5h, "[::1]", 9),
        ] {
            let proxy = of(text);
            assert_eq!(
                (proxy.kind, proxy.host.as_str(), proxy.port),
                (kind, host, port)
            );
            assert!(proxy.login.is_none());
        }
        let login = of("http://us%40er:p%3Aa:ss@proxy.example:1").login.unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.as_str()),
            ("us@er", "p:a:ss")
        );
        let shown = format!("{:?}", of("http://user:secret@proxy.example:1"));
        assert_eq!(shown, "Http ***@proxy.example:1");
    }

    #[test]
    fn a_url_of_no_proxy_is_refused_and_not_shown() {
        for text in [
            "",
            "http://",
            "ftp://secret.example",
            "socks4://secret.example",
            "http://secret.example:0",
            "http://secret.example:99999",
            "http://secret.example/path",
            "http://secret.example?x",
            "http://secret .example",
            "http://us%0Aer:secret@x.example",
            "http://a%3Ab:secret@x.example",
        ] {
            let error = Proxy::parse("HTTPS_PROXY", text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{text}");
            assert!(error.message().starts_with("HTTPS_PROXY "), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn exempt_hosts_need_no_proxy() {
        for (list, host, exempt) in [
            ("*", "x.example", true),
            ("example.com", "example.com", true),
            ("example.com", "api.example.com", true),
            (".example.com", "api.example.com", true),
            ("*.example.com", "api.example.com", true),
            ("example.com", "badexample.com", false),
            ("EXAMPLE.com", "Api.Example.Com", true),
            ("a.b, example.com ,c", "example.com", true),
            ("example.com:443", "example.com", true),
            ("example.com:8443", "example.com", false),
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "11.0.0.1", true),
            ("10.0.0.0/33", "10.0.0.1", false),
            ("192.168.1.5", "192.168.1.5", true),
            ("192.168.1.5:443", "192.168.1.5", true),
            ("fd00::/8", "[fd12::1]", true),
            ("::1", "[::1]", true),
            ("[::1]:443", "[::1]", true),
            ("[::1]:80", "[::1]", false),
            ("", "example.com", false),
            ("/", "example.com", false),
        ] {
            assert_eq!(is_exempt(list, host, 443), exempt, "{list} {host}");
        }
    }
}
