//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use penbox_conformance::args::TesteeArg;

use crate::combination::is_value;
use crate::fault::place;

/// How the program is called, for the message after a wrong argument.
pub const USAGE: &str = "\
usage: penbox-faults --testee NAME=COMMAND [--testee NAME=COMMAND ...] [options]
  --testee NAME=COMMAND  a program that makes the calls; COMMAND is split on spaces
  --cases DIR            the case files (default tests/faults/cases)
  --only a1,c            only these faults and groups
  --all                  each fault under all circumstances, not under the chosen ones
  --in https,upload      only under these circumstances, of all
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
    /// Names of faults, their places in the matrix, and groups; empty: all.
    pub only: Vec<String>,
    /// Whether each fault is run under all circumstances that make sense for it.
    pub all: bool,
    /// Words of circumstances: the cells are all that have them, not those that are chosen otherwise.
    pub within: Vec<String>,
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
            all: false,
            within: Vec::new(),
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
                "--all" => args.all = true,
                "--in" => args.within = values(&value()?)?,
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
        self.only.is_empty() || self.only.iter().any(|only| names(only, id))
    }

    /// A word of `only` that names none of these faults.
    #[must_use]
    pub fn in_vain(&self, ids: &[String]) -> Option<&String> {
        let idle = |only: &&String| !ids.iter().any(|id| names(only, id));
        self.only.iter().find(idle)
    }
}

/// Whether a word is the name of a fault, its place in the matrix, or its group.
fn names(word: &str, id: &str) -> bool {
    word == id || word == place(id) || Some(word) == id.get(..1)
}

/// Words of circumstances.
fn values(text: &str) -> Result<Vec<String>, String> {
    let words: Vec<String> = text.split(',').map(str::to_owned).collect();
    match words.iter().find(|word| !is_value(word)) {
        Some(word) => Err(format!("--in {word}: no such circumstance")),
        None => Ok(words),
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
        let args = parse("--testee a=b --only a1,b2_wrong,c").unwrap();
        let chosen = |id| args.chooses(id);
        assert!(chosen("a1_lost") && chosen("a1") && chosen("b2_wrong") && chosen("c12_cut"));
        assert!(!chosen("a12_lost") && !chosen("b2_wrongly") && !chosen("b1_wrong"));
        assert!(parse("--testee a=b").unwrap().chooses("l12_closed"));
        let known = ["a1_lost", "c2_cut"].map(str::to_owned);
        assert_eq!(args.in_vain(&known).unwrap(), "b2_wrong");
        assert_eq!(parse("--testee a=b").unwrap().in_vain(&known), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (words, part) in [
            ("--lanes 2", "no --testee"),
            ("--testee a", "not NAME=COMMAND"),
            ("--testee a=b --lanes 0", "not a number"),
            ("--testee a=b --slow", "unknown argument --slow"),
            ("--testee a=b --in https,ipv6", "--in ipv6: no such"),
        ] {
            assert!(parse(words).unwrap_err().contains(part), "{words}");
        }
    }
}
