//! Names in messages and hints: each language has its own for a setting, an option, a member of an error, an operation.
//!
//! A text marks a name, with [`name!`] in a literal and with [`named`] in a text that is put together. It is rendered when an
//! error is shown. `printable` escapes the marks, so the text of a server or a caller is never taken for a name.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::language::Language;

// Unicode's marks around an annotation: a message has no other use for them.
const OPEN: char = '\u{fff9}';
const CLOSE: char = '\u{fffb}';

/// A name in a text, for `concat!` and as an argument of `format!`: `"timeout"` is a setting, `"option.timeout"` an option of a
/// call, `"error.retry_after"` a member of an error, `"operation.forms.list"` an operation, `"download.to"` the target of a download.
macro_rules! name {
    ($name:literal) => {
        concat!("\u{fff9}", $name, "\u{fffb}")
    };
}
pub(crate) use name;

/// A name in a text that is put together at run time, where [`name!`] cannot be used.
pub(crate) fn named(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// A message or a hint. Each language spells the names in it in its own way.
#[derive(Clone)]
pub(super) struct Text {
    /// The text with its marks.
    template: Cow<'static, str>,
    /// The text with Rust's names, made when it is first read.
    shown: OnceLock<String>,
}

impl Text {
    /// A text whose names are marked.
    pub(super) fn of(template: impl Into<Cow<'static, str>>) -> Text {
        Text {
            template: template.into(),
            shown: OnceLock::new(),
        }
    }

    /// The text with its marks, to become part of another.
    pub(super) fn template(&self) -> &str {
        &self.template
    }

    /// The text with Rust's names.
    pub(super) fn shown(&self) -> &str {
        match self.template.contains(OPEN) {
            // Most texts have no name in them, and need no copy.
            false => &self.template,
            true => self
                .shown
                .get_or_init(|| render(&self.template, Language::Rust).into_owned()),
        }
    }

    /// The text with a language's names.
    pub(super) fn in_language(&self, language: Language) -> Cow<'_, str> {
        render(&self.template, language)
    }
}

/// A text that is no error's, with its names as the language spells them.
pub(crate) fn in_language(text: &str, language: Language) -> String {
    render(text, language).into_owned()
}

/// A text with its names as the language spells them.
fn render(text: &str, language: Language) -> Cow<'_, str> {
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        out.push_str(before);
        // A text that was cut within a name has no closing mark.
        let (name, after) = after.split_once(CLOSE).unwrap_or((after, ""));
        out.push_str(&spelled(name, language));
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// One name as the language spells it.
fn spelled(name: &str, language: Language) -> String {
    match name.split_once('.') {
        Some(("option", name)) => language.option(name),
        Some(("client", name)) => language.client_method(name),
        Some(("error", name)) => language.error_member(name),
        // The end of a hint that only Node's callers need: Node has a variable of its own for CAs.
        Some(("trust", _)) => match language {
            Language::Node => " or in NODE_EXTRA_CA_CERTS".to_owned(),
            _ => String::new(),
        },
        Some(("operation", id)) => language.call(id),
        Some(("download", _)) => language.download_target().to_owned(),
        Some(("upload", _)) => language.upload_name().to_owned(),
        _ => language.setting(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SETTINGS;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn each_language_has_its_own_names() {
        let text = concat!(
            "raise ",
            name!("max_retry_wait"),
            ", ",
            name!("option.timeout"),
            " or ",
            name!("base_url"),
            "; see ",
            name!("error.retry_after"),
            " of ",
            name!("operation.responses.download_pdf")
        );
        for (language, said) in [
            (
                Language::Rust,
                "raise max_retry_wait, timeout or base_url; see retry_after() of responses().download_pdf()",
            ),
            (
                Language::C,
                "raise penbox_config_set_max_retry_wait_ms, penbox_options_set_timeout_ms or penbox_config_set_base_url; \
                 see penbox_error_retry_after_ms of penbox_responses_download_pdf",
            ),
            (
                Language::Python,
                "raise max_retry_wait, timeout or base_url; see retry_after of responses.download_pdf()",
            ),
            (
                Language::Node,
                "raise maxRetryWaitMs, timeoutMs or baseUrl; see retryAfterMs of responses.downloadPdf()",
            ),
        ] {
            assert_eq!(render(text, language), said);
            let error = Error::config(text).with_hint(text);
            let payload = error.payload_in(language);
            assert_eq!(
                (payload.message.as_ref(), payload.hint.as_deref()),
                (said, Some(said))
            );
            assert!(
                payload.text.starts_with(said) && payload.text.ends_with(said),
                "{}",
                payload.text
            );
            assert!(
                payload.support_report.contains(said),
                "{}",
                payload.support_report
            );
        }
    }

    #[test]
    fn a_servers_text_is_left_as_it_is() {
        let foreign = format!("set {} and base_url, {{timeout}}", named("max_attempts"));
        let shown = crate::error::printable(&foreign, 200);
        let error = Error::new(ErrorKind::Server, shown.clone());
        assert_eq!(error.payload_in(Language::Node).message, shown);
        assert!(shown.contains("base_url, {timeout}"));
    }

    #[test]
    fn a_further_hint_leaves_the_names_in_the_first_one_to_each_language() {
        let error = Error::new(ErrorKind::RateLimit, "too many").with_further_hint("Then go on.");
        let payload = error.payload_in(Language::Node);
        let hint = payload.hint.unwrap_or_default();
        assert!(hint.contains("Wait for retryAfterMs before"), "{hint}");
        assert!(hint.ends_with(" Then go on."), "{hint}");
    }

    /// Words that are no setting, and that some language spells differently.
    const OTHERS: [&str; 3] = ["retry_after", "retry_unsafe", "on_progress"];

    /// The literals of a Rust source with their lines; those of its tests and comments are left out.
    fn literals(source: &str) -> Vec<(usize, &str)> {
        let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
        let (mut found, mut rest) = (Vec::new(), source);
        while let Some(at) = rest.find(['"', '/', '\'']) {
            let from = &rest[at..];
            rest = if from.starts_with("//") {
                &from[from.find('\n').unwrap_or(from.len())..]
            } else if let Some(after) = from.strip_prefix("'\"'") {
                after
            } else if let Some(text) = from.strip_prefix('"') {
                let mut escaped = false;
                let end = text.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                let end = end.unwrap_or(text.len());
                let before = source.len() - from.len();
                found.push((source[..before].lines().count(), &text[..end]));
                text.get(end + 1..).unwrap_or_default()
            } else {
                &from[1..]
            };
        }
        found
    }

    /// The name that stands in a text without a mark, if any. A literal of one word is a key, not a text.
    fn bare(text: &str) -> Option<&'static str> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let words: Vec<&str> = text.split(|c: char| !is_word(c)).collect();
        let names = SETTINGS.iter().map(|setting| setting.name).chain(OTHERS);
        text.contains(' ').then(|| {
            names.into_iter().find(|name| {
                words.iter().enumerate().any(|(place, word)| {
                    let before = place.checked_sub(1).map_or("", |place| words[place]);
                    // "proxy" and "timeout" are English, too: a name of one word follows "setting", "option" or "raise".
                    let is_name = name.contains('_')
                        || matches!(before, "setting" | "option" | "Raise" | "raise");
                    word.trim_matches('.') == *name && is_name
                })
            })
        })?
    }

    #[test]
    fn a_name_without_a_mark_is_found() {
        for text in [
            "check base_url, and",
            "raise max_attempts",
            "the option timeout must",
            "is base_url.",
        ] {
            assert!(bare(text).is_some(), "{text}");
        }
        for text in [
            "base_url",
            "the proxy refused",
            "PENBOX_BASE_URL is",
            "the setting {} must",
        ] {
            assert_eq!(bare(text), None, "{text}");
        }
        let source = "// base_url is\nlet a = \"x \\\" base_url\"; '\"' \"b\"\n#[cfg(test)]\nmod tests { \"c\" }";
        assert_eq!(literals(source), [(2, "x \\\" base_url"), (2, "b")]);
    }

    #[test]
    fn no_text_names_what_only_one_language_knows() {
        let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut folders, mut read, mut wrong) = (vec![home.join("src")], 0, Vec::new());
        // The bindings write their texts in the core's words. A published crate does not have these folders.
        folders.extend(["../ffi/src", "../bindings/node/src"].map(|folder| home.join(folder)));
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                let shown = path.to_string_lossy().into_owned();
                // The texts of tests are no caller's, and those of the table are documentation, which codegen puts into each
                // language's words. The two references of the fuzz targets are read all the same.
                let exempt = [
                    "testing/simulation",
                    "testing/fuzz",
                    "testing/extraction.rs",
                    "testing/fault_injection.rs",
                    "transport/fault_injection.rs",
                    "config/table.rs",
                    "error/member.rs",
                    "files/fact_table.rs",
                    "send/option_table.rs",
                ];
                if exempt.iter().any(|part| path.ends_with(part)) {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let source = std::fs::read_to_string(&path).unwrap();
                    for (line, text) in literals(&source) {
                        read += 1;
                        wrong.extend(
                            bare(text).map(|name| format!("{shown}:{line}: {name} in {text:?}")),
                        );
                    }
                }
            }
        }
        assert!(read > 500, "{read} texts were read");
        assert!(
            wrong.is_empty(),
            "write name!(..) for\n{}",
            wrong.join("\n")
        );
    }
}
