//! The findings about the way to the API: its address, the proxy, whom TLS trusts.

use super::finding::{Findings, Level};
use crate::config::{CaRoots, Origin, Proxy, ProxyKind, ProxyOrigin, RootsOrigin, Settings};
use crate::error::{name, named};

/// Looks at the settings of the connection.
pub(super) fn look(findings: &mut Findings, settings: &Settings) {
    let base_url = &settings.base_url;
    let origin = match settings.origins.base_url {
        Origin::Default => "the default address".to_owned(),
        ref given => shown(given, "base_url"),
    };
    findings.add(
        "address",
        Level::Ok,
        format!("Requests go to {} ({origin}).", base_url.as_str()),
    );
    if !base_url.is_https() && !base_url.is_loopback() {
        findings.add_with_fix(
            "insecure_http",
            Level::Warning,
            "Plain http carries the token over the network in clear text.",
            concat!("Use an https address as ", name!("base_url"), "."),
        );
    }
    findings.add("proxy", Level::Ok, proxy(settings));
    if base_url.is_https() {
        findings.add(
            "trust",
            Level::Ok,
            format!("TLS trusts {}.", trusted(settings)),
        );
    }
}

/// A sentence about the proxy that is used, or about why none is.
fn proxy(settings: &Settings) -> String {
    let named = |origin: &Origin| shown(origin, "proxy");
    match (&settings.origins.proxy, &settings.proxy) {
        (ProxyOrigin::Named(origin), Some(proxy)) => {
            format!("Requests go through the proxy {} ({}).", address_of(proxy), named(origin))
        }
        (ProxyOrigin::Exempt { proxy, by }, _) => format!(
            "No proxy is used: {} names one, and {} exempts the API's host.",
            named(proxy),
            shown(by, "no_proxy")
        ),
        (ProxyOrigin::Off, _) => {
            concat!("No proxy is used: the setting ", name!("proxy"), " is empty.").to_owned()
        }
        (ProxyOrigin::Loopback, _) => {
            "No proxy is used: the API's address is this machine, for which the environment's proxy does not hold.".to_owned()
        }
        (ProxyOrigin::Unset | ProxyOrigin::Named(_), _) => {
            concat!("No proxy is used: neither ", name!("proxy"), " nor HTTPS_PROXY or ALL_PROXY names one.").to_owned()
        }
    }
}

/// A proxy's address, its login blanked.
fn address_of(proxy: &Proxy) -> String {
    let scheme = match proxy.kind {
        ProxyKind::Http => "http",
        ProxyKind::Https => "https",
        ProxyKind::Socks5 => "socks5",
        ProxyKind::Socks5h => "socks5h",
    };
    let login = if proxy.login.is_some() { "***@" } else { "" };
    format!("{scheme}://{login}{}:{}", proxy.host, proxy.port)
}

/// The certificate authorities that TLS trusts, in words.
pub(super) fn trusted(settings: &Settings) -> String {
    let roots = match &settings.trust.roots {
        CaRoots::System(extra) if extra.is_empty() => {
            "the system's certificate authorities".to_owned()
        }
        CaRoots::System(extra) => format!(
            "the system's certificate authorities and {} of NODE_EXTRA_CA_CERTS",
            extra.len()
        ),
        CaRoots::Only(roots) if roots.len() == 1 => {
            "1 certificate authority and no other".to_owned()
        }
        CaRoots::Only(roots) => format!("{} certificate authorities and no other", roots.len()),
    };
    match &settings.origins.roots {
        RootsOrigin::System => roots,
        RootsOrigin::Named(origin) => format!("{roots} ({})", shown(origin, "ca_file")),
    }
}

/// The place that a value comes from. `setting` is the setting that may hold it.
fn shown(origin: &Origin, setting: &str) -> String {
    match origin {
        Origin::Default => "the default".to_owned(),
        Origin::Setting => format!("the setting {}", named(setting)),
        Origin::Variable(variable) => format!("the environment variable {variable}"),
    }
}
