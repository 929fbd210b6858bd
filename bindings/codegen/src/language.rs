//! The languages, with the names that their callers write for what the contract names.

use crate::spec::Fact;

/// A language whose documentation renders the contract.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Language {
    Rust,
    C,
    Cpp,
    Python,
    Node,
}

impl Language {
    /// An option of a call, without the part that all functions of C share: `timeoutMs`, `timeout_ms`.
    pub(crate) fn option(self, fact: &Fact) -> String {
        match (self, fact.name.as_str()) {
            (Language::Rust | Language::C | Language::Cpp, "headers") => "header".to_owned(),
            (Language::C | Language::Cpp, "body") => "body_json".to_owned(),
            (Language::Node, "cancel") => "signal".to_owned(),
            _ => self.member(fact),
        }
    }

    /// A member of an error, without the part that all functions of C share.
    pub(crate) fn member(self, fact: &Fact) -> String {
        let unit = fact.kind == "duration";
        match (self, unit) {
            (Language::C, true) => format!("{}_ms", fact.name),
            (Language::Node, _) => crate::node::camel(&fact.name) + if unit { "Ms" } else { "" },
            _ => fact.name.clone(),
        }
    }

    /// The sentences of a fact in this language's words, with the unit of a duration that has no type of its own, and the range
    /// of values.
    pub(crate) fn sentences(self, fact: &Fact) -> String {
        let text = self.one_or_many(&fact.doc);
        let mut text = self.kinds(match self {
            Language::C => text.replace("`CancelToken`", "`penbox_cancel`"),
            Language::Node => text.replace("`CancelToken`", "`AbortSignal`"),
            Language::Rust | Language::Cpp | Language::Python => text,
        });
        if fact.kind == "duration" {
            text.push_str(match self {
                Language::C | Language::Node => " In milliseconds.",
                Language::Python => " In seconds.",
                Language::Rust | Language::Cpp => "",
            });
        }
        match &fact.range {
            // The options of Rust are typed, and take every value of their types.
            Some(range) if self != Language::Rust => text + &format!(" Range: {range}."),
            _ => text,
        }
    }

    /// The text with the language's name for each `an error of the kind`.
    fn kinds(self, text: String) -> String {
        let mut parts = text.split("an error of the kind `");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (kind, rest) = part.split_once('`').unwrap_or((part, ""));
            let class = crate::node::pascal(kind);
            let article = if class.starts_with(['A', 'I']) {
                "an"
            } else {
                "a"
            };
            out += &match self {
                Language::Rust => format!("an `ErrorKind::{class}`"),
                Language::C => format!("`PENBOX_ERROR_{}`", kind.to_uppercase()),
                Language::Cpp | Language::Python | Language::Node => {
                    format!("{article} {class}Error")
                }
            };
            out += rest;
        }
        out
    }

    /// The text with its choices made: of `[one|many]` it keeps `one` where a caller adds such things one by one.
    fn one_or_many(self, text: &str) -> String {
        let by_one = matches!(self, Language::Rust | Language::C | Language::Cpp);
        let mut out = String::new();
        for part in text.split_inclusive(']') {
            let choice = part.rsplit_once('[').and_then(|(before, choice)| {
                let (one, many) = choice.strip_suffix(']')?.split_once('|')?;
                Some((before, if by_one { one } else { many }))
            });
            match choice {
                Some((before, chosen)) => out.extend([before, chosen]),
                None => out.push_str(part),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(name: &str, kind: &str, doc: &str) -> Fact {
        let [name, kind, doc] = [name, kind, doc].map(str::to_owned);
        let range = None;
        Fact {
            name,
            kind,
            range,
            doc,
        }
    }

    #[test]
    fn a_duration_has_the_unit_of_its_language() {
        let wait = fact("retry_after", "duration", "The wait.");
        assert_eq!(Language::Node.member(&wait), "retryAfterMs");
        assert_eq!(Language::C.member(&wait), "retry_after_ms");
        assert_eq!(Language::Python.member(&wait), "retry_after");
        assert_eq!(Language::Rust.sentences(&wait), "The wait.");
        assert_eq!(Language::Python.sentences(&wait), "The wait. In seconds.");
        assert_eq!(Language::C.sentences(&wait), "The wait. In milliseconds.");
    }

    #[test]
    fn a_kind_has_the_name_of_its_language() {
        let text = "One that exists is an error of the kind `file`: nothing is sent.";
        let exists = fact("path", "", text);
        let said = |language: Language| language.sentences(&exists);
        assert!(said(Language::Rust).contains("is an `ErrorKind::File`: nothing"));
        assert!(said(Language::C).contains("is `PENBOX_ERROR_FILE`: nothing"));
        assert!(said(Language::Node).contains("is a FileError: nothing"));
    }

    #[test]
    fn a_choice_follows_the_language() {
        let headers = fact("headers", "texts", "[A header|Headers]. Not [these].");
        assert_eq!(Language::Rust.sentences(&headers), "A header. Not [these].");
        assert_eq!(Language::Node.sentences(&headers), "Headers. Not [these].");
        assert_eq!(Language::Cpp.option(&headers), "header");
    }
}
