//! The circumstances of a call: a fault that is survived under some of them may not be under others.

use std::fmt::{self, Display, Formatter};

/// Which of a case's calls it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// A GET, or a PATCH, of JSON.
    Get,
    /// A POST of JSON.
    Post,
    /// A GET of a file.
    Download,
    /// A POST of a file.
    Upload,
}

/// What a call moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// JSON alone.
    Json,
    /// A file to the server.
    Upload,
    /// A file from the server.
    Download,
}

/// How the server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Unencrypted.
    Http,
    /// Encrypted; the client is told nothing of certificates, so it trusts whom the system trusts.
    Https,
    /// Encrypted; the client is told whom it may trust.
    CaFile,
}

/// What else the process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Company {
    /// Nothing.
    Alone,
    /// A second client calls a server of its own all the time.
    Beside,
}

/// What runs the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// The thread that makes it.
    Blocking,
    /// The pool of asynchronous languages.
    Pool,
}

/// The circumstances of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Combination {
    /// Which of the case's calls it is.
    pub slot: Slot,
    /// What it moves.
    pub work: Work,
    /// How the server is reached.
    pub scheme: Scheme,
    /// What else the process does.
    pub company: Company,
    /// What runs it.
    pub driver: Driver,
}

/// A value of a dimension, by its word.
type Value = &'static str;

/// The words of all values: those of one dimension stand together.
pub const DIMENSIONS: &[&[Value]] = &[
    &["get", "post", "download", "upload"],
    &["http", "https", "ca_file"],
    &["alone", "beside"],
    &["blocking", "pool"],
];

impl Slot {
    /// All of them, in the order in which they are run.
    pub const ALL: [Self; 4] = [Self::Get, Self::Download, Self::Post, Self::Upload];

    /// Its word.
    #[must_use]
    pub fn word(self) -> Value {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Download => "download",
            Self::Upload => "upload",
        }
    }

    /// Whether it asks for something, rather than give something.
    #[must_use]
    pub fn asks(self) -> bool {
        matches!(self, Self::Get | Self::Download)
    }
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Http, Self::Https, Self::CaFile];

    /// Its word.
    #[must_use]
    pub fn word(self) -> Value {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::CaFile => "ca_file",
        }
    }
}

impl Company {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Alone, Self::Beside];

    /// Its word.
    #[must_use]
    pub fn word(self) -> Value {
        match self {
            Self::Alone => "alone",
            Self::Beside => "beside",
        }
    }
}

impl Driver {
    /// Those of a language: Rust has both, Node's calls are all run by the pool.
    #[must_use]
    pub fn of(surface: &str) -> &'static [Self] {
        match surface {
            "rust" => &[Self::Blocking, Self::Pool],
            "node" => &[Self::Pool],
            _ => &[Self::Blocking],
        }
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> Value {
        match self {
            Self::Blocking => "blocking",
            Self::Pool => "pool",
        }
    }
}

impl Combination {
    /// The values of its dimensions.
    #[must_use]
    pub fn values(&self) -> [Value; 4] {
        let work = match self.work {
            Work::Json => "JSON",
            Work::Upload => "upload",
            Work::Download => "download",
        };
        [
            work,
            self.scheme.word(),
            self.company.word(),
            self.driver.word(),
        ]
    }

    /// Each two of its values, of different dimensions.
    #[must_use]
    pub fn pairs(&self) -> Vec<(Value, Value)> {
        let values = self.values();
        let first = |(at, first): (usize, &Value)| {
            let first = *first;
            let rest: Vec<_> = values[at + 1..].to_vec();
            rest.into_iter().map(move |second| (first, second))
        };
        values.iter().enumerate().flat_map(first).collect()
    }

    /// Whether these words choose it: of each dimension of which they name a value, they name its own.
    #[must_use]
    pub fn is_among(&self, words: &[String]) -> bool {
        let mut own = self.values();
        own[0] = self.slot.word();
        DIMENSIONS.iter().zip(own).all(|(known, own)| {
            let mut named = words
                .iter()
                .filter(|word| known.contains(&word.as_str()))
                .peekable();
            named.peek().is_none() || named.any(|word| word == own)
        })
    }
}

impl Display for Combination {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [_, scheme, company, driver] = self.values();
        let slot = self.slot.word();
        write!(f, "{slot} {scheme} {company} {driver}")
    }
}

/// Whether a word is that of a value.
#[must_use]
pub fn is_value(word: &str) -> bool {
    DIMENSIONS.iter().any(|values| values.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Combination = Combination {
        slot: Slot::Post,
        work: Work::Json,
        scheme: Scheme::Https,
        company: Company::Beside,
        driver: Driver::Blocking,
    };

    #[test]
    fn each_two_values_are_a_pair() {
        let pairs = ONE.pairs();
        assert_eq!(pairs.len(), 6);
        assert!(pairs.contains(&("JSON", "beside")) && pairs.contains(&("https", "blocking")));
    }

    #[test]
    fn words_choose_by_dimension() {
        let is_among = |words: &str| {
            let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            ONE.is_among(&words)
        };
        assert!(is_among("") && is_among("https") && is_among("http https post"));
        assert!(!is_among("http") && !is_among("https alone") && !is_among("upload"));
        assert!(is_value("ca_file") && !is_value("JSON") && !is_value("tls"));
    }
}
