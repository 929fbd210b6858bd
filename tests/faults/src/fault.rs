//! The case files: one a fault.

use std::fs;
use std::path::Path;

use penbox_conformance::case_files::is_plain;
use serde::Deserialize;

use crate::variant::Variant;

/// The groups of the matrix, and how many faults each holds.
pub const MATRIX: &[(char, u32)] = &[
    ('a', 8),
    ('b', 8),
    ('c', 8),
    ('d', 13),
    ('e', 21),
    ('f', 13),
    ('g', 14),
    ('h', 14),
    ('i', 8),
    ('j', 6),
    ('k', 8),
    ('l', 12),
    ('m', 6),
];

/// One fault of the matrix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `a1_host_not_found`, from the file's name: its place in the matrix, and what happens.
    #[serde(skip)]
    pub id: String,
    /// What happens.
    pub title: String,
    /// What has to be known of the case.
    #[serde(default)]
    pub note: Option<String>,
    /// The feature of the product that this waits for; it is then counted as open.
    #[serde(default)]
    pub waits_for: Option<String>,
    /// Whether it takes so long that one cell has to do by default. It then begins before the others.
    #[serde(default)]
    pub is_long: bool,
    /// The languages that can meet it; without it all.
    #[serde(default)]
    pub surfaces: Option<Vec<String>>,
    /// The tests of its own that the fault has, outside this runner.
    #[serde(default)]
    pub tested_by: Vec<OwnTest>,
    /// The forms that it takes.
    #[serde(default)]
    pub variants: Vec<Variant>,
}

/// A test outside this runner.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnTest {
    /// The language.
    pub surface: String,
    /// The file, from the workspace's root.
    pub file: String,
    /// The tests' names; `tests/run proofs` runs them.
    pub tests: Vec<String>,
}

impl Fault {
    /// Reads every case of a folder, in the order of the matrix.
    ///
    /// # Errors
    /// Names the first file that is unreadable or no case.
    pub fn load_all(folder: &Path) -> Result<Vec<Self>, String> {
        let told = |error| format!("{}: {error}", folder.display());
        let mut faults = Vec::new();
        for entry in fs::read_dir(folder).map_err(told)? {
            let path = entry.map_err(told)?.path();
            let id = path
                .file_name()
                .and_then(|name| name.to_str()?.strip_suffix(".json"))
                .ok_or_else(|| format!("{}: no .json", path.display()))?;
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            faults.push(Self::parse(id, &text)?);
        }
        faults.sort_by_key(Self::order);
        let twins = faults
            .windows(2)
            .find(|two| two[0].place() == two[1].place());
        match twins {
            Some(two) => Err(format!("{} and {}: one place", two[0].id, two[1].id)),
            None => Ok(faults),
        }
    }

    /// Reads one case.
    ///
    /// # Errors
    /// Says what is no JSON, unknown, missing or contradictory in it.
    pub fn parse(id: &str, text: &str) -> Result<Self, String> {
        let mut fault: Self =
            serde_json::from_str(text).map_err(|error| format!("{id}: {error}"))?;
        fault.id = id.to_owned();
        fault
            .judge()
            .map_err(|problem| format!("{id}: {problem}"))?;
        Ok(fault)
    }

    /// Its place in the matrix: `a1`.
    #[must_use]
    pub fn place(&self) -> &str {
        place(&self.id)
    }

    /// Whether a language can meet it.
    #[must_use]
    pub fn is_of(&self, surface: &str) -> bool {
        let all = self.surfaces.as_ref();
        all.is_none_or(|all| all.iter().any(|known| known == surface))
    }

    fn judge(&self) -> Result<(), String> {
        let (letter, number) = self.order();
        let words = self.id.strip_prefix(&format!("{letter}{number}_"));
        if !words.is_some_and(is_plain) {
            return Err("no name such as `a1_host_not_found`".to_owned());
        }
        let group = MATRIX.iter().find(|(known, _)| *known == letter);
        if !group.is_some_and(|(_, most)| (1..=*most).contains(&number)) {
            return Err("the matrix has no such fault".to_owned());
        }
        let waits = self.waits_for.is_some();
        if self.variants.is_empty() && self.tested_by.is_empty() && !waits {
            return Err("a fault has variants, or tests of its own, or waits for them".to_owned());
        }
        let several = self.variants.len() > 1;
        if self
            .variants
            .iter()
            .any(|form| form.name.is_empty() == several)
        {
            return Err("variants have names where there are several".to_owned());
        }
        for form in &self.variants {
            form.judge()?;
        }
        Ok(())
    }

    /// The letter of its group, and its number.
    fn order(&self) -> (char, u32) {
        let letter = self.id.chars().next().unwrap_or(' ');
        let number = self.place().get(1..).and_then(|number| number.parse().ok());
        (letter, number.unwrap_or(0))
    }
}

/// The place of a fault in the matrix, which its name begins with.
#[must_use]
pub fn place(name: &str) -> &str {
    name.split_once('_').map_or(name, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::Entry;

    #[test]
    fn a_case_is_read_and_nonsense_is_not() {
        let good = r#"{"title": "t", "variants": [{"answers": [["fin", {"wait_ms": 3}, {"reply": {"status": 99}}]],
            "get": {"requests": 1}, "post": "n/a"}]}"#;
        let fault = Fault::parse("d4_status_099", good).unwrap();
        assert!(fault.is_of("rust"));
        assert!(matches!(fault.variants[0].post, Entry::NotApplicable));
        for (id, text) in [
            ("z1_x", good),
            ("d_x", good),
            ("d1", good),
            ("d1_", good),
            ("d01_x", good),
            ("d1_No", good),
            ("d14_x", good),
            ("d1_x", r#"{"title": "t"}"#),
            ("d1_x", &good.replace("\"requests\"", "\"request\"")),
            ("d1_x", &good.replace("\"n/a\"", "\"none\"")),
            (
                "d1_x",
                &good.replace("\"answers\"", "\"name\": \"x\", \"answers\""),
            ),
            ("d1_x", &good.replace("\"fin\"", "\"end\"")),
            (
                "d1_x",
                &good.replace("\"answers\"", "\"except\": {\"tls\": \"x\"}, \"answers\""),
            ),
            (
                "d1_x",
                &good.replace("\"answers\"", "\"except\": {\"https\": \" \"}, \"answers\""),
            ),
        ] {
            assert!(Fault::parse(id, text).is_err(), "{id} {text}");
        }
    }
}
