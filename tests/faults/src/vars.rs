//! What a script leaves open: addresses, dates, the request's number.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use penbox_conformance::vars::{TOKEN, replace};

/// The values of one case's variables.
#[derive(Debug, Clone, Default)]
pub struct Vars {
    /// The port of the server.
    pub port: u16,
    /// What a base URL starts with.
    pub scheme: &'static str,
    /// The type of what the call gets: that of JSON, or of a file.
    pub content_type: &'static str,
    /// The host that the client is told.
    pub host: String,
    /// The port of a second server on the same host.
    pub other: u16,
    /// The port of a third one on another host, 127.0.0.2.
    pub elsewhere: u16,
    /// The proxy's port.
    pub proxy: u16,
    /// The file of the certificate authority that the client trusts.
    pub ca_file: String,
}

impl Vars {
    /// Fills in a text. `number` is the request's, from 1.
    ///
    /// # Errors
    /// Names a variable that does not exist.
    pub fn fill(&self, text: &str, number: usize) -> Result<String, String> {
        replace(text, |name, out| {
            out.push_str(&self.value(name, number)?);
            Ok(())
        })
    }

    fn value(&self, name: &str, number: usize) -> Result<String, String> {
        Ok(match name {
            "ORIGIN" => format!("{}://{}:{}", self.scheme, self.host, self.port),
            "SCHEME" => self.scheme.to_owned(),
            "TYPE" => self.content_type.to_owned(),
            "PORT" => self.port.to_string(),
            "OTHER" => format!("http://127.0.0.1:{}", self.other),
            "ELSEWHERE" => format!("http://127.0.0.2:{}", self.elsewhere),
            "ELSEWHERE_AUTHORITY" => format!("127.0.0.2:{}", self.elsewhere),
            "PROXY" => format!("127.0.0.1:{}", self.proxy),
            "CA_FILE" => self.ca_file.clone(),
            "TOKEN" => TOKEN.to_owned(),
            "N" => number.to_string(),
            "N+1" => (number + 1).to_string(),
            "IN_2_S" => date(Timestamp::now() + Duration::from_secs(2)),
            "A_DAY_AGO" => date(Timestamp::now() - Duration::from_secs(86_400)),
            "BIG" => "x".repeat(BIG),
            _ => return Err(format!("unknown variable ${{{name}}}")),
        })
    }
}

/// Bytes of `${BIG}`: more than small buffers at both ends of a connection hold.
const BIG: usize = 512 << 10;

/// A date as HTTP writes it.
fn date(at: Timestamp) -> String {
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in() {
        let vars = Vars {
            port: 8,
            scheme: "http",
            host: "127.0.0.1".to_owned(),
            ..Vars::default()
        };
        let filled = vars.fill("${ORIGIN}/v1 ${N} ${N+1}", 3);
        assert_eq!(filled.as_deref(), Ok("http://127.0.0.1:8/v1 3 4"));
        assert!(vars.fill("${WHAT}", 1).is_err() && vars.fill("${N", 1).is_err());
    }

    #[test]
    fn dates_are_those_of_http() {
        let at = "2026-11-24T12:01:30Z".parse().unwrap();
        assert_eq!(date(at), "Tue, 24 Nov 2026 12:01:30 GMT");
    }
}
