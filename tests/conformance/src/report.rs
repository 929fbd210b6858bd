//! What the runner prints.

use std::fmt::{self, Display, Formatter};

/// Failures of one run that are shown; the rest is counted.
const SHOWN: usize = 12;

/// The result of all runs.
#[derive(Debug, Clone)]
pub struct Report {
    /// The columns.
    pub testees: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// What the cases leave out.
    pub coverage: Coverage,
}

/// One case.
#[derive(Debug, Clone)]
pub struct Row {
    /// `area/name`.
    pub name: String,
    /// What went wrong, by column; an empty list is a pass.
    pub failures: Vec<Vec<String>>,
}

/// Whether operations, parameters and kinds have cases.
#[derive(Debug, Clone)]
pub enum Coverage {
    /// There was no spec to check against.
    Unchecked,
    /// The gaps that were found.
    Checked(Vec<String>),
}

impl Report {
    /// Whether every run passed and nothing is left out.
    #[must_use]
    pub fn passed(&self) -> bool {
        let complete = !matches!(&self.coverage, Coverage::Checked(gaps) if !gaps.is_empty());
        complete && self.count() == self.rows.len() * self.testees.len()
    }

    /// How many runs passed.
    fn count(&self) -> usize {
        (0..self.testees.len())
            .map(|column| self.column(column))
            .sum()
    }

    /// How many cases passed in one column.
    fn column(&self, column: usize) -> usize {
        self.rows
            .iter()
            .filter(|row| row.failures[column].is_empty())
            .count()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let first = self
            .rows
            .iter()
            .map(|row| row.name.len())
            .chain([8])
            .max()
            .unwrap_or(8);
        let line = |f: &mut Formatter<'_>, name: &str, cells: &[String]| {
            write!(f, "{name:first$}")?;
            for (title, cell) in self.testees.iter().zip(cells) {
                write!(f, "  {cell:width$}", width = title.len().max(9))?;
            }
            writeln!(f)
        };
        line(f, "case", &self.testees)?;
        for row in &self.rows {
            let word =
                |lines: &Vec<String>| if lines.is_empty() { "ok" } else { "FAIL" }.to_owned();
            line(
                f,
                &row.name,
                &row.failures.iter().map(word).collect::<Vec<_>>(),
            )?;
        }
        for row in &self.rows {
            for (title, lines) in self
                .testees
                .iter()
                .zip(&row.failures)
                .filter(|(_, lines)| !lines.is_empty())
            {
                writeln!(f, "\nFAIL {} ({title})", row.name)?;
                for line in lines.iter().take(SHOWN) {
                    writeln!(f, "  {line}")?;
                }
                if lines.len() > SHOWN {
                    writeln!(f, "  and {} more", lines.len() - SHOWN)?;
                }
            }
        }
        writeln!(f)?;
        let total = |column| format!("{}/{}", self.column(column), self.rows.len());
        line(
            f,
            "passed",
            &(0..self.testees.len()).map(total).collect::<Vec<_>>(),
        )?;
        match &self.coverage {
            Coverage::Unchecked => writeln!(f, "coverage: not checked, there was no --spec")?,
            Coverage::Checked(gaps) => {
                writeln!(f, "coverage: {} gaps", gaps.len())?;
                for gap in gaps {
                    writeln!(f, "  {gap}")?;
                }
            }
        }
        let all = self
            .rows
            .iter()
            .filter(|row| row.failures.iter().all(Vec::is_empty))
            .count();
        writeln!(
            f,
            "conformance: {all} of {} cases in {} languages",
            self.rows.len(),
            self.testees.len()
        )?;
        let runs = self.rows.len() * self.testees.len();
        write!(f, "{} passed, {} failed", self.count(), runs - self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(wrong: &[&str], coverage: Coverage) -> Report {
        let row = |name: &str, second: &[&str]| Row {
            name: name.to_owned(),
            failures: vec![
                vec![],
                second.iter().map(|line| (*line).to_owned()).collect(),
            ],
        };
        Report {
            testees: vec!["rust".to_owned(), "python".to_owned()],
            rows: vec![row("forms/a", &[]), row("forms/b", wrong)],
            coverage,
        }
    }

    #[test]
    fn a_failure_is_shown_and_counted() {
        let report = report(&["method: expected GET, got PUT"], Coverage::Unchecked);
        assert!(!report.passed());
        let text = report.to_string();
        for part in [
            "forms/b   ok         FAIL",
            "FAIL forms/b (python)\n  method: expected GET, got PUT",
            "passed    2/2        1/2",
            "conformance: 1 of 2 cases in 2 languages\n3 passed, 1 failed",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_gap_fails_the_run() {
        assert!(report(&[], Coverage::Checked(vec![])).passed());
        assert!(!report(&[], Coverage::Checked(vec!["operation x".to_owned()])).passed());
    }
}
