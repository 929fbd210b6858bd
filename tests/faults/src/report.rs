//! What the runner prints.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use penbox_conformance::args::TesteeArg;

use crate::combination::Combination;
use crate::plan::{self, Cell, Pairs};

/// Failures of one cell that are shown; the rest is counted.
const SHOWN: usize = 8;

/// One fault in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was survived.
    Ok,
    /// It has a test of its own, which stands.
    Elsewhere,
    /// It was not survived.
    Failed(Vec<String>),
    /// The product, or the test elsewhere, is not there yet.
    Open(String),
    /// There is no case.
    Missing,
    /// The language cannot meet it.
    NotApplicable,
}

/// One fault.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name.
    pub id: String,
    /// What happens.
    pub title: String,
    /// What came of it, by column.
    pub outcomes: Vec<Outcome>,
}

/// What came of all.
#[derive(Debug, Clone)]
pub struct Report {
    /// The columns.
    pub testees: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The circumstances under which each was run.
    pub cells: Cells,
    /// Bytes that were searched for the token.
    pub scanned: usize,
}

/// The circumstances under which faults are run.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// A line a form of a fault: its circumstances by language.
    lines: Vec<String>,
    /// How many there are.
    count: usize,
    /// How often each two of them met, in all languages.
    pairs: Pairs,
}

/// The cells of one form of a fault.
struct Form<'a> {
    name: String,
    testees: BTreeMap<Combination, Vec<&'a str>>,
}

impl Form<'_> {
    fn of(cell: &Cell<'_>) -> Self {
        let name = match cell.variant.name.as_str() {
            "" => cell.fault.id.clone(),
            form => format!("{}, {form}", cell.fault.id),
        };
        Self {
            name,
            testees: BTreeMap::new(),
        }
    }

    fn line(&self) -> String {
        let cells = self.testees.iter();
        let cells = cells.map(|(one, testees)| format!("{one} ({})", testees.join(" ")));
        format!("{}: {}", self.name, cells.collect::<Vec<_>>().join(", "))
    }
}

impl Cells {
    /// What is said of the cells of these testees.
    #[must_use]
    pub fn of(testees: &[TesteeArg], planned: &[Vec<Cell<'_>>]) -> Self {
        // In the order of the faults and of their forms, which lie one behind the other.
        let mut by_form: BTreeMap<(usize, usize), Form<'_>> = BTreeMap::new();
        for (testee, cells) in testees.iter().zip(planned) {
            for cell in cells {
                let at = (
                    std::ptr::from_ref(cell.fault).addr(),
                    std::ptr::from_ref(cell.variant).addr(),
                );
                let form = by_form.entry(at).or_insert_with(|| Form::of(cell));
                let testees = form.testees.entry(cell.combination).or_default();
                testees.push(&testee.name);
            }
        }
        let all = planned.iter().flatten();
        Self {
            lines: by_form.values().map(Form::line).collect(),
            count: all.clone().count(),
            pairs: plan::pairs(all),
        }
    }
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Elsewhere => "own test",
            Self::Failed(_) => "FAIL",
            Self::Open(_) => "open",
            Self::Missing => "missing",
            Self::NotApplicable => "-",
        }
    }
}

impl Report {
    /// Whether nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.count("FAIL") + self.count("missing") == 0
    }

    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.rows.iter().flat_map(|row| &row.outcomes)
    }

    fn count(&self, word: &str) -> usize {
        self.outcomes()
            .filter(|outcome| outcome.word() == word)
            .count()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let first = self.rows.iter().map(|row| row.id.len()).chain([5]).max();
        let first = first.unwrap_or(5);
        write!(f, "{:first$}", "fault")?;
        for title in &self.testees {
            write!(f, "  {title:8}")?;
        }
        writeln!(f)?;
        for row in &self.rows {
            write!(f, "{:first$}", row.id)?;
            for outcome in &row.outcomes {
                write!(f, "  {:8}", outcome.word())?;
            }
            writeln!(f, "  {}", row.title)?;
        }
        for row in &self.rows {
            for (title, outcome) in self.testees.iter().zip(&row.outcomes) {
                match outcome {
                    Outcome::Failed(lines) => {
                        writeln!(f, "\nFAIL {} ({title}): {}", row.id, row.title)?;
                        for line in lines.iter().take(SHOWN) {
                            writeln!(f, "  {line}")?;
                        }
                        if lines.len() > SHOWN {
                            writeln!(f, "  and {} more", lines.len() - SHOWN)?;
                        }
                    }
                    Outcome::Open(why) => writeln!(f, "open {} ({title}): {why}", row.id)?,
                    _ => {}
                }
            }
        }
        writeln!(f, "\ncells")?;
        for line in &self.cells.lines {
            writeln!(f, "  {line}")?;
        }
        for ((one, other), times) in &self.cells.pairs {
            writeln!(f, "  {one} with {other}: {times} times")?;
        }
        let passed = self.count("ok") + self.count("own test");
        let open = self.count("open");
        let failed = self.count("FAIL") + self.count("missing");
        writeln!(
            f,
            "\n{} calls before a fault in {} languages, {:.1} MB searched for the token",
            self.cells.count,
            self.testees.len(),
            self.scanned as f64 / 1e6
        )?;
        write!(f, "faults: {passed} of {}", passed + open + failed)?;
        if open > 0 {
            write!(f, ", {open} open")?;
        }
        write!(f, "\n{passed} passed, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[Outcome]) -> Report {
        Report {
            testees: vec!["rust".to_owned(); outcomes.len()],
            rows: vec![Row {
                id: "c1_idle_connection_closed".to_owned(),
                title: "closed".to_owned(),
                outcomes: outcomes.to_vec(),
            }],
            cells: Cells {
                lines: vec!["c1: get http alone blocking (rust)".to_owned()],
                count: 7,
                pairs: Pairs::from([(("http", "alone"), 7)]),
            },
            scanned: 2_000_000,
        }
    }

    #[test]
    fn what_failed_is_shown_and_counted() {
        let failed = Outcome::Failed(vec!["GET: it hung".to_owned()]);
        let open = Outcome::Open("waits for proxy".to_owned());
        let report = report(&[
            Outcome::Ok,
            failed,
            open,
            Outcome::Missing,
            Outcome::NotApplicable,
            Outcome::Elsewhere,
        ]);
        assert!(!report.passed());
        let text = report.to_string();
        for part in [
            "c1_idle_connection_closed  ok        FAIL      open      missing   -         own test  closed",
            "FAIL c1_idle_connection_closed (rust): closed\n  GET: it hung",
            "open c1_idle_connection_closed (rust): waits for proxy",
            "cells\n  c1: get http alone blocking (rust)\n  http with alone: 7 times\n",
            "7 calls before a fault in 6 languages, 2.0 MB searched for the token\nfaults: 2 of 5, 1 open\n2 passed, 2 failed",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn what_is_open_fails_nothing() {
        let report = report(&[Outcome::Ok, Outcome::Open("x".to_owned())]);
        assert!(report.passed());
    }
}
