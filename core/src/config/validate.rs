//! The validation of a builder's values, which gives the settings that a client runs on.

use crate::auth::{Environment, Found, PREFIX, resolve, shared_tokens};
use crate::error::{Error, Result, name};
use crate::language::Language;

use super::base_url::{self, BaseUrl};
use super::builder::ClientBuilder;
use super::ca_roots::CaRoots;
use super::errors::{known_settings, misplaced};
use super::origins::{Origin, Origins, ProxyOrigin, RootsOrigin};
use super::proxy::{self, Proxy};
use super::rate_limit::Rate;
use super::settings::{Limits, Settings};
use super::tls_settings::TlsSettings;

/// Node's variable for CAs that it trusts besides its own.
const NODE_EXTRA: &str = "NODE_EXTRA_CA_CERTS";
/// The most bytes of a file in memory: a terabyte, which is more than a machine has for one file.
const MOST_BYTES: u64 = 1 << 40;

impl ClientBuilder {
    /// Validates the settings. The environment adds those that are not set.
    pub(super) fn validate(&self, process: &Environment) -> Result<Settings> {
        if let Some(message) = &self.unknown {
            return Err(Error::config(message.clone()).with_hint(known_settings()));
        }
        let given = self.given_token()?;
        let environment = match self.text("environment")? {
            Some(name) => Some(name),
            // With a token in code the variable has no use, and a wrong name in it must not fail the client.
            None if given.is_none() => process.var("PENBOX_ENVIRONMENT")?.map(str::to_owned),
            None => None,
        };
        let token = resolve(given, environment.as_deref(), process)?;
        self.validate_all_but_the_token(Some(token), process)
    }

    /// Validates the settings of requests that need no token.
    pub(super) fn validate_without_token(&self, process: &Environment) -> Result<Settings> {
        match &self.unknown {
            Some(message) => Err(Error::config(message.clone()).with_hint(known_settings())),
            None => self.validate_all_but_the_token(None, process),
        }
    }

    fn validate_all_but_the_token(
        &self,
        token: Option<Found>,
        process: &Environment,
    ) -> Result<Settings> {
        let (base_url_origin, url) = match self.text("base_url")? {
            Some(url) => (Origin::Setting, url),
            None => match process.var("PENBOX_BASE_URL")? {
                Some(url) => (Origin::Variable("PENBOX_BASE_URL"), url.to_owned()),
                None => (Origin::Default, base_url::DEFAULT.to_owned()),
            },
        };
        let base_url = BaseUrl::parse(&url, self.flag("allow_insecure_http")?)?;
        if url.contains(PREFIX) {
            return Err(misplaced("base_url"));
        }
        let (trust, roots_origin) = self.trust(process)?;
        let (proxy, proxy_origin) = self.proxy_to(&base_url, process)?;
        let max_workers = self.integer("max_workers", 256, 1, 10_000)?;
        let language = self.language.name();
        let agent = format!("penbox-{language}/{}", env!("CARGO_PKG_VERSION"));
        Ok(Settings {
            token,
            base_url,
            limits: Limits {
                total: self.duration("timeout", 180)?,
                file: match self.values.contains_key("file_timeout") {
                    true => Some(self.duration("file_timeout", 0)?),
                    false => None,
                },
                attempt: self.duration("attempt_timeout", 60)?,
                connect: self.duration("connect_timeout", 5)?,
                read: self.duration("read_timeout", 30)?,
            },
            // The limits of all numbers fit into 32 bits, so that no cast cuts one.
            max_attempts: self.integer("max_attempts", 3, 1, 100)? as u32,
            max_retry_wait: self.wait("max_retry_wait", 90)?,
            rates: match self.text("rate_limit")? {
                Some(text) => Rate::parse_all(&text)?,
                None => Vec::new(),
            },
            // A longer text is no document, whose positions have 32 bits.
            max_response_bytes: self.integer("max_response_bytes", 16 << 20, 1, u32::MAX as u64)?
                as usize,
            max_download_bytes: self.integer("max_download_bytes", 256 << 20, 1, MOST_BYTES)?,
            max_workers: max_workers as usize,
            // Each call in flight finds a connection to reuse.
            pool_size: self.integer("pool_size", max_workers, 1, 10_000)? as usize,
            trust,
            proxy,
            page_size: self.integer("page_size", 100, 1, 100)? as u32,
            cache_ttl: Some(self.wait("cache_ttl", 0)?).filter(|ttl| !ttl.is_zero()),
            token_name: self.line("token_name")?,
            user_agent: match self.line("user_agent_suffix")? {
                Some(suffix) => format!("{agent} {suffix}"),
                None => agent,
            },
            language: self.language,
            origins: Origins {
                base_url: base_url_origin,
                proxy: proxy_origin,
                roots: roots_origin,
                shared_tokens: shared_tokens(process),
            },
            hooks: self.hooks.clone(),
        })
    }

    /// The TLS settings. The CAs are those of the setting's file alone, else those that the environment names, else the system's.
    fn trust(&self, process: &Environment) -> Result<(TlsSettings, RootsOrigin)> {
        let (cert, key) = (self.text("client_cert")?, self.text("client_key")?);
        let identity = TlsSettings::identity(cert.as_deref(), key.as_deref())?;
        let is_set = |name| process.var(name).is_ok_and(|value| value.is_some());
        let variable = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
            .into_iter()
            .find(|name| is_set(name));
        let of_environment = match variable {
            Some(name) => RootsOrigin::Named(Origin::Variable(name)),
            None => RootsOrigin::System,
        };
        let (origin, roots) = match self.text("ca_file")? {
            Some(path) => {
                let roots = CaRoots::of_file(name!("ca_file"), &path)?;
                (RootsOrigin::Named(Origin::Setting), roots)
            }
            None => {
                let roots = CaRoots::of_environment(process)?;
                // Node's own variable, with Node's own meaning: it has no effect beside CAs that are set in code.
                let roots = match process.var(NODE_EXTRA)? {
                    Some(path) if self.language == Language::Node => {
                        roots.and_of_file(NODE_EXTRA, path)
                    }
                    _ => roots,
                };
                (of_environment, roots)
            }
        };
        Ok((TlsSettings { roots, identity }, origin))
    }

    /// The proxy between the client and the API, if any. The environment's proxy is not used for loopback.
    fn proxy_to(
        &self,
        base_url: &BaseUrl,
        process: &Environment,
    ) -> Result<(Option<Proxy>, ProxyOrigin)> {
        // Validated without a proxy, too: a wrong value must not wait for one to be set.
        let own_exempt = self.text("no_proxy")?;
        let (named, origin, url) = match self.text("proxy")? {
            Some(url) => (
                concat!("the setting ", name!("proxy")),
                Origin::Setting,
                Some(url),
            ),
            None if base_url.is_loopback() => return Ok((None, ProxyOrigin::Loopback)),
            None => {
                let (variable, url) = Proxy::of_environment(base_url.is_https(), process)?;
                (variable, Origin::Variable(variable), url)
            }
        };
        // An empty text turns the proxy off, so that a program can do without the environment's.
        let Some(url) = url.filter(|url| !url.is_empty()) else {
            let is_off = origin == Origin::Setting;
            return Ok((
                None,
                if is_off {
                    ProxyOrigin::Off
                } else {
                    ProxyOrigin::Unset
                },
            ));
        };
        if url.contains(PREFIX) {
            return Err(misplaced("proxy"));
        }
        let proxy = Proxy::parse(named, &url)?;
        let (by, exempt) = match own_exempt {
            Some(list) => (Origin::Setting, Some(list)),
            None => {
                let (variable, list) = proxy::either_case("NO_PROXY", process)?;
                (Origin::Variable(variable), list)
            }
        };
        let (host, port) = base_url.host_and_port();
        let is_exempt = exempt.is_some_and(|list| proxy::is_exempt(&list, host, port));
        Ok(match is_exempt {
            true => (None, ProxyOrigin::Exempt { proxy: origin, by }),
            false => (Some(proxy), ProxyOrigin::Named(origin)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::config::table::{SETTINGS, SettingKind};

    fn env(vars: &[(&str, &str)]) -> Environment {
        Environment::of_pairs(vars.iter().copied())
    }

    #[test]
    fn reads_the_environment_only_where_nothing_is_set() {
        let vars = env(&[
            ("PENBOX_ENVIRONMENT", "dev"),
            ("PENBOX_API_TOKEN_DEV", "pnbx_dev"),
            ("PENBOX_BASE_URL", "http://127.0.0.1:9/v1"),
        ]);
        let settings = ClientBuilder::new().validate(&vars).unwrap();
        assert_eq!(
            settings.token.unwrap().source.to_string(),
            "the environment variable PENBOX_API_TOKEN_DEV"
        );
        assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:9/v1");
        let settings = ClientBuilder::new()
            .token("pnbx_mine")
            .base_url("https://x.example/v1")
            .validate(&vars)
            .unwrap();
        assert_eq!(settings.base_url.as_str(), "https://x.example/v1");
        assert_eq!(settings.token.unwrap().source, crate::TokenSource::Explicit);
    }

    #[test]
    fn a_builder_alone_reads_no_environment() {
        let error = ClientBuilder::new().build_settings().unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, "no token was given")
        );
    }

    #[test]
    fn the_environments_proxy_is_used_where_it_is_meant_to_be() {
        let proxy = |base_url: &str, vars: &[(&str, &str)]| {
            let builder = ClientBuilder::new().token("pnbx_x").base_url(base_url);
            builder.validate(&env(vars)).unwrap().proxy
        };
        let host = |base_url: &str, vars: &[(&str, &str)]| proxy(base_url, vars).map(|p| p.host);
        let api = "https://api.example/v1";
        let (upper, lower) = (("HTTPS_PROXY", "upper:1"), ("https_proxy", "lower:1"));
        let all = ("ALL_PROXY", "socks5h://all:1");
        assert_eq!(host(api, &[]), None);
        assert_eq!(host(api, &[upper, all]).as_deref(), Some("upper"));
        assert_eq!(host(api, &[upper, lower]).as_deref(), Some("lower"));
        assert_eq!(host(api, &[all]).as_deref(), Some("all"));
        assert_eq!(host(api, &[upper, ("NO_PROXY", ".example")]), None);
        assert_eq!(host(api, &[upper, ("no_proxy", "*")]), None);
        assert_eq!(host(api, &[("HTTP_PROXY", "evil:1")]), None);
        assert_eq!(host("https://127.0.0.1:1/v1", &[upper, all]), None);
        assert_eq!(host("http://localhost/v1", &[all]), None);

        let broken = env(&[("HTTPS_PROXY", "sock5://x:1")]);
        let builder = || ClientBuilder::new().token("pnbx_x").base_url(api);
        assert_eq!(
            builder().validate(&broken).unwrap_err().kind(),
            ErrorKind::Config
        );
        assert!(
            builder()
                .proxy("")
                .validate(&broken)
                .unwrap()
                .proxy
                .is_none()
        );
        let own = builder().proxy("own:1").no_proxy("other.example");
        assert_eq!(
            own.validate(&env(&[upper])).unwrap().proxy.unwrap().host,
            "own"
        );
    }

    #[test]
    fn unknown_and_ill_typed_settings_are_refused() {
        for (name, value) in [
            ("tiemout_ms", 5.into()),
            ("timeout", 5.into()),
            ("timeout_ms", "5".into()),
            ("timeout_ms", 0.into()),
            ("timeout_ms", (-1).into()),
            ("page_size", 101.into()),
            ("page_size", 0.into()),
            ("allow_insecure_http", "yes".into()),
            ("base_url", 4.into()),
            ("token", 4.into()),
            ("no_proxy", 4.into()),
            ("user_agent_suffix", "a\r\nb: c".into()),
            ("token_name", "a\u{1b}[2J".into()),
            ("token_name", "pnbx_pasted".into()),
            ("user_agent_suffix", "app pnbx_pasted".into()),
            ("base_url", "https://x.example/pnbx_pasted".into()),
        ] {
            let error = ClientBuilder::new()
                .token("pnbx_x")
                .set(name, value)
                .build_settings()
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{name}");
        }
    }

    #[test]
    fn every_setting_of_the_table_can_be_set_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let pem = folder.path().join("own.pem");
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(&pem, own.cert.pem() + &own.signing_key.serialize_pem()).unwrap();
        let pem = pem.to_str().unwrap();
        for setting in SETTINGS {
            let builder = ClientBuilder::new().token("pnbx_x");
            let builder = match setting.name {
                "client_key" => builder.client_cert(pem),
                _ => builder,
            };
            let (name, value) = match setting.kind {
                SettingKind::Duration => (format!("{}_ms", setting.name), 5.into()),
                SettingKind::Integer => (setting.name.to_owned(), 5.into()),
                SettingKind::Flag => (setting.name.to_owned(), true.into()),
                SettingKind::Callback => continue,
                SettingKind::Words => {
                    let builder = ClientBuilder::new().set(setting.name, "vault read x".into());
                    builder.build_settings().unwrap();
                    continue;
                }
                SettingKind::Text => match setting.name {
                    "token" => (setting.name.to_owned(), "pnbx_x".into()),
                    "base_url" => (setting.name.to_owned(), "https://x.example".into()),
                    "environment" => (setting.name.to_owned(), "dev".into()),
                    "proxy" => (setting.name.to_owned(), "http://proxy.example:3128".into()),
                    "rate_limit" => (setting.name.to_owned(), "100/min".into()),
                    "ca_file" | "client_cert" | "client_key" => {
                        (setting.name.to_owned(), pem.into())
                    }
                    _ => (setting.name.to_owned(), "text".into()),
                },
            };
            builder.set(&name, value).build_settings().unwrap();
        }
    }
}
