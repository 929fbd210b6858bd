//! The arguments that every benchmark program takes.

/// What to measure, and how often.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    page: Option<String>,
    url: Option<String>,
    work: Option<String>,
    who: Option<String>,
    pub(crate) iterations: u32,
    pub(crate) rounds: u32,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            iterations: 100,
            rounds: 9,
            ..Arguments::default()
        };
        while let Some(name) = words.next() {
            let value = words.next().ok_or(format!("{name} needs a value"))?;
            let number = || {
                value
                    .parse()
                    .map_err(|_| format!("{name} {value} is no number"))
            };
            match name.as_str() {
                "--page" => arguments.page = Some(value),
                "--url" => arguments.url = Some(value),
                "--work" => arguments.work = Some(value),
                "--who" => arguments.who = Some(value),
                "--iterations" => arguments.iterations = number()?,
                "--rounds" => arguments.rounds = number()?,
                _ => return Err(format!("there is no argument {name}")),
            }
        }
        Ok(arguments)
    }

    /// The page's bytes.
    pub(crate) fn page(&self) -> Result<Vec<u8>, String> {
        let path = self.page.as_deref().ok_or("--page is missing")?;
        std::fs::read(path).map_err(|error| format!("{path}: {error}"))
    }

    /// The server's base URL.
    pub(crate) fn url(&self) -> Result<&str, String> {
        self.url.as_deref().ok_or("--url is missing".to_owned())
    }

    /// Whether this work is asked for.
    pub(crate) fn wants(&self, work: &str) -> bool {
        self.work.as_deref().is_none_or(|wanted| wanted == work)
    }

    /// Whether this contestant is asked for: alone, for a count of its instructions.
    pub(crate) fn invites(&self, who: &str) -> bool {
        self.who.as_deref().is_none_or(|wanted| wanted == who)
    }
}
