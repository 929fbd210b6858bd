use std::net::IpAddr;

use axum::http::Uri;

/// Where a delivery goes: an address of plain http, split for the socket.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The host as a resolver takes it, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The host and port as they were written.
    pub(crate) authority: String,
    pub(crate) path: String,
}

impl Target {
    /// The target, or the reason why nothing is sent there.
    ///
    /// Forms hold contacts' data, and a test must not wake a receiver that somebody runs: other hosts have to be asked for.
    pub(crate) fn parse(url: &str, anywhere: bool) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| "not a URL".to_owned())?;
        let authority = uri.authority().ok_or("no host")?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let loopback = host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if !loopback && !anywhere {
            return Err(format!(
                "{host} is not a loopback host; the flag --webhooks-anywhere allows it"
            ));
        }
        if uri.scheme_str() != Some("http") {
            return Err("the sandbox delivers over plain http only".to_owned());
        }
        Ok(Self {
            host,
            port: authority.port_u16().unwrap_or(80),
            // A user and a password are not for the host's header.
            authority: authority
                .as_str()
                .rsplit('@')
                .next()
                .unwrap_or_default()
                .to_owned(),
            path: uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
        })
    }
}
