//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use penbox_conformance::args::TesteeArg;

/// How the program is called, for the message after a wrong argument.
pub const USAGE: &str = "\
usage: penbox-faults --testee NAME=COMMAND [--testee NAME=COMMAND ...] [options]
  --testee NAME=COMMAND  a program that makes the calls; COMMAND is split on spaces
  --cases DIR            the case files (default tests/faults/cases)
  --only A1,C,H12        only these faults and groups
  --lanes N              processes of each testee at a time (default 3)
  --back-ms N            how long a closed client may hold descriptors and threads (default 14000)
  --waiting              run also what waits for a feature of the product";

/// The command line, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// The testees, in the order of the columns.
    pub testees: Vec<TesteeArg>,
    /// The folder of the case files.
    pub cases: PathBuf,
    /// Faults and groups; empty: all.
    pub only: Vec<String>,
    /// Processes of each testee at a time.
    pub lanes: usize,
    /// How long a closed client may hold descriptors and threads: idle threads of the SDK's pool end after 10 s.
    pub back: Duration,
    /// Whether what waits for a feature is run.
    pub waiting: bool,
}

impl Args {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// Says which argument is unknown, incomplete or missing.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self {
            testees: Vec::new(),
            cases: PathBuf::from("tests/faults/cases"),
            only: Vec::new(),
            lanes: 3,
            back: Duration::from_secs(14),
            waiting: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--testee" => args.testees.push(TesteeArg::parse(&value()?)?),
                "--cases" => args.cases = PathBuf::from(value()?),
                "--only" => args.only = value()?.split(',').map(str::to_owned).collect(),
                "--lanes" => args.lanes = number(&word, &value()?)?.try_into().unwrap_or(1),
                "--back-ms" => args.back = Duration::from_millis(number(&word, &value()?)?),
                "--waiting" => args.waiting = true,
                _ => return Err(format!("unknown argument {word}")),
            }
        }
        if args.testees.is_empty() {
            return Err("no --testee: there is nothing to test".to_owned());
        }
        Ok(args)
    }

    /// Whether a fault is to be run.
    #[must_use]
    pub fn chooses(&self, id: &str) -> bool {
        self.only.is_empty()
            || self
                .only
                .iter()
                .any(|only| id == only || id.get(..1) == Some(only))
    }
}

fn number(word: &str, text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{word} {text}: not a number from 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Args, String> {
        Args::parse(words.split(' ').map(str::to_owned))
    }

    #[test]
    fn faults_and_groups_are_chosen() {
        let args = parse("--testee a=b --only A1,C").unwrap();
        let chosen = |id| args.chooses(id);
        assert!(chosen("A1") && chosen("C12") && !chosen("A12") && !chosen("B1"));
        assert!(parse("--testee a=b").unwrap().chooses("L12"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (words, part) in [
            ("--lanes 2", "no --testee"),
            ("--testee a", "not NAME=COMMAND"),
            ("--testee a=b --lanes 0", "not a number"),
            ("--testee a=b --slow", "unknown argument --slow"),
        ] {
            assert!(parse(words).unwrap_err().contains(part), "{words}");
        }
    }
}
