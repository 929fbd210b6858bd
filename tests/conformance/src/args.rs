//! The command line.

use std::path::PathBuf;
use std::time::Duration;

/// How the program is called, for the message after a wrong argument.
pub const USAGE: &str = "\
usage: penbox-conformance --testee NAME=COMMAND [--testee NAME=COMMAND ...] [options]
  --testee NAME=COMMAND  a program that makes the calls; COMMAND is split on spaces
  --cases DIR            the case files (default tests/conformance/cases)
  --spec DIR             operations.json, schema.json and errors.json; without it coverage is not checked
  --uncovered FILE       what no case can cover (default: uncovered.json beside the cases)
  --only PART[,PART]     only cases whose name contains one of them
  --print                print the cases, each row put in, one JSON object a line, and run nothing
  --timeout-ms N         limit for one call (default 20000)";

/// One `--testee`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TesteeArg {
    /// The column's title.
    pub name: String,
    /// The program and its arguments; never empty.
    pub command: Vec<String>,
}

/// The command line, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// The testees, in the order of the columns.
    pub testees: Vec<TesteeArg>,
    /// The folder of the case files.
    pub cases: PathBuf,
    /// The folder of the spec; `None`: coverage is not checked.
    pub spec: Option<PathBuf>,
    /// The file of what no case can cover.
    pub uncovered: PathBuf,
    /// Parts of the names of the cases to run; empty: all.
    pub only: Vec<String>,
    /// Whether the cases are printed, not run.
    pub print: bool,
    /// The limit for one call.
    pub timeout: Duration,
}

impl Args {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// Says which argument is unknown, incomplete or missing.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut testees: Vec<TesteeArg> = Vec::new();
        let mut cases = PathBuf::from("tests/conformance/cases");
        let mut spec = None;
        let mut uncovered = None;
        let mut only = Vec::new();
        let mut print = false;
        let mut timeout = Duration::from_secs(20);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--testee" => {
                    let testee = TesteeArg::parse(&value()?)?;
                    if testees.iter().any(|known| known.name == testee.name) {
                        return Err(format!("two testees are named {}", testee.name));
                    }
                    testees.push(testee);
                }
                "--cases" => cases = PathBuf::from(value()?),
                "--spec" => spec = Some(PathBuf::from(value()?)),
                "--uncovered" => uncovered = Some(PathBuf::from(value()?)),
                "--only" => only = value()?.split(',').map(str::to_owned).collect(),
                "--print" => print = true,
                "--timeout-ms" => {
                    let ms = value()?;
                    let ms = ms
                        .parse()
                        .map_err(|_| format!("--timeout-ms {ms}: not a whole number"))?;
                    timeout = Duration::from_millis(ms);
                }
                _ => return Err(format!("unknown argument {word}")),
            }
        }
        if testees.is_empty() && !print {
            return Err("no --testee: there is nothing to test".to_owned());
        }
        let uncovered = uncovered.unwrap_or_else(|| cases.with_file_name("uncovered.json"));
        Ok(Self {
            testees,
            cases,
            spec,
            uncovered,
            only,
            print,
            timeout,
        })
    }

    /// Whether a case is among those that were asked for.
    #[must_use]
    pub fn chooses(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }

    /// A part of `only` that is in none of these names.
    #[must_use]
    pub fn in_vain<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> Option<&String> {
        let idle = |part: &&String| !names.clone().any(|name| name.contains(part.as_str()));
        self.only.iter().find(idle)
    }
}

impl TesteeArg {
    /// Reads `NAME=COMMAND`.
    ///
    /// # Errors
    /// It is not that.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("--testee {text}: not NAME=COMMAND");
        let (name, command) = text.split_once('=').ok_or_else(wrong)?;
        let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if name.is_empty() || command.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            name: name.to_owned(),
            command,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, String> {
        Args::parse(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn a_command_is_split_on_spaces() {
        let args = parse(&[
            "--testee",
            "python=python3 -B testee.py",
            "--cases",
            "a/cases",
        ])
        .unwrap();
        assert_eq!(args.testees[0].name, "python");
        assert_eq!(args.testees[0].command, ["python3", "-B", "testee.py"]);
        assert_eq!(args.uncovered, PathBuf::from("a/uncovered.json"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (words, part) in [
            (&[][..], "no --testee"),
            (&["--testee", "python"], "not NAME=COMMAND"),
            (&["--testee", "python= "], "not NAME=COMMAND"),
            (&["--testee", "a=b", "--testee", "a=c"], "two testees"),
            (
                &["--testee", "a=b", "--filter", "x"],
                "unknown argument --filter",
            ),
            (&["--testee", "a=b", "--only"], "--only needs a value"),
            (
                &["--testee", "a=b", "--timeout-ms", "soon"],
                "not a whole number",
            ),
        ] {
            let problem = parse(words).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }
}
