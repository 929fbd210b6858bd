//! A request as a line for a shell.

use std::fmt::Write as _;

use super::text::without_tokens;

/// The variable that holds the token where the line is run. The line never has the token itself: it is made to be pasted.
const TOKEN: &str = "-H \"Authorization: Bearer $PENBOX_API_TOKEN\"";

/// The parts of a request that its line shows.
#[derive(Clone, Debug)]
pub(crate) struct CurlRequest {
    pub(crate) method: &'static str,
    /// The whole address, with its query.
    pub(crate) url: String,
    pub(crate) accept: &'static str,
    pub(crate) body: CurlBody,
}

/// The body of a request. A line shows a place for it and never the body: bodies hold contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CurlBody {
    /// The request has none.
    None,
    /// JSON, which the line reads from `body.json`.
    Json,
    /// A form with a file, which the line reads from `FILE`.
    Form,
}

impl CurlRequest {
    /// The line. A POSIX shell gives `curl` each part as it is, whatever the address holds.
    pub(crate) fn line(&self) -> String {
        let mut line = String::from("curl");
        // curl itself reads brackets and braces in an address as patterns.
        if self.url.contains(['[', ']', '{', '}']) {
            line.push_str(" --globoff");
        }
        let url = quoted(&without_tokens(self.url.clone()));
        let _ = write!(line, " -X {} {url} {TOKEN}", self.method);
        let _ = write!(line, " -H 'Accept: {}'", self.accept);
        line.push_str(match self.body {
            CurlBody::None => "",
            // `-d` alone would drop the line breaks of the file.
            CurlBody::Json => " -H 'Content-Type: application/json' --data-binary @body.json",
            // curl writes the content type of a form itself, since it chooses the boundary.
            CurlBody::Form => " -F file=@FILE",
        });
        if !self.accept.ends_with("json") {
            line.push_str(" -o answer");
        }
        line
    }
}

/// A text as one word of a POSIX shell: between single quotes every character but the quote stands for itself (POSIX, Shell
/// Command Language, section 2.2.2).
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, body: CurlBody) -> CurlRequest {
        CurlRequest {
            method: "POST",
            url: url.to_owned(),
            accept: "application/json",
            body,
        }
    }

    #[test]
    fn a_line_has_places_for_the_token_and_the_body() {
        let url = "https://connect.penbox.io/v1/forms";
        let head = format!("curl -X POST '{url}' {TOKEN} -H 'Accept: application/json'");
        assert_eq!(request(url, CurlBody::None).line(), head);
        assert_eq!(
            request(url, CurlBody::Json).line(),
            format!("{head} -H 'Content-Type: application/json' --data-binary @body.json")
        );
        assert_eq!(
            request(url, CurlBody::Form).line(),
            format!("{head} -F file=@FILE")
        );
        let file = CurlRequest {
            accept: "application/pdf",
            ..request(url, CurlBody::None)
        };
        assert!(
            file.line()
                .ends_with("-H 'Accept: application/pdf' -o answer")
        );
    }

    #[test]
    fn a_token_in_an_address_is_left_out() {
        let line = request(
            "https://x.example/pnbx_12345678?a=PNBX_12345678",
            CurlBody::None,
        )
        .line();
        assert!(!line.contains("12345678"), "{line}");
    }

    /// The arguments that a program gets from a real shell, each ended by a NUL.
    #[cfg(unix)]
    fn arguments(line: &str) -> Vec<String> {
        let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}\n");
        let output = std::process::Command::new("/bin/sh")
            .args(["-c", &script])
            .env("PENBOX_API_TOKEN", "pnbx_of the environment")
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let words = text.strip_suffix('\0').unwrap().split('\0');
        words.map(str::to_owned).collect()
    }

    #[test]
    #[cfg(unix)]
    fn a_shell_gives_curl_every_character_of_the_address() {
        let mut every: String = (1..=0x7f_u8).map(char::from).collect();
        every.push_str("é\u{2028}\u{202e}''\\'$(id)`id`");
        let url = format!("https://x.example/{every}");
        let words = arguments(&request(&url, CurlBody::Json).line());
        let expected = [
            "--globoff",
            "-X",
            "POST",
            &url,
            "-H",
            "Authorization: Bearer pnbx_of the environment",
            "-H",
            "Accept: application/json",
            "-H",
            "Content-Type: application/json",
            "--data-binary",
            "@body.json",
        ];
        assert_eq!(words, expected);
    }
}
