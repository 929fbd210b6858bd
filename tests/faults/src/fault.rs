//! The case files: one a fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use penbox_conformance::case_files::is_plain;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::expect::Cell;
use crate::job::Method;
use crate::step::Step;
use crate::tls::Shown;

/// The groups of the matrix, and how many faults each holds.
pub const MATRIX: &[(char, u32)] = &[
    ('a', 8),
    ('b', 8),
    ('c', 6),
    ('d', 13),
    ('e', 18),
    ('f', 8),
    ('g', 14),
    ('h', 12),
    ('i', 8),
    ('j', 6),
    ('k', 8),
    ('l', 12),
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

/// One form of a fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name, where there are several.
    #[serde(default)]
    pub name: String,
    /// Laid over the default settings; null takes one away.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// How the server is found.
    #[serde(default)]
    pub listen: Listen,
    /// What the library that is loaded before others does to the testee during the call.
    #[serde(default)]
    pub preload: Option<String>,
    /// What the server shows: it then talks TLS, after what `connections` say.
    #[serde(default)]
    pub tls: Option<Shown>,
    /// The scripts of a proxy's connections.
    #[serde(default)]
    pub proxy: Vec<Vec<Step>>,
    /// The environment of a testee of its own, for the languages that read it.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// The languages that can meet this form, by default those of the fault.
    #[serde(default)]
    pub surfaces: Option<Vec<String>>,
    /// Whether another thread closes the client as soon as the server has heard the call.
    #[serde(default)]
    pub closed_in_flight: bool,
    /// Whether a healthy call of the same client comes first: its answer is the first of the script.
    #[serde(default)]
    pub warm: bool,
    /// The scripts of connections that are more than request and answer: the last one for all that follow.
    #[serde(default)]
    pub connections: Vec<Vec<Step>>,
    /// The scripts of the answers: the last one for all that follow; without any the server is healthy.
    #[serde(default)]
    pub answers: Vec<Vec<Step>>,
    /// The calls, where they are not `forms.get` and `forms.create`.
    #[serde(default)]
    pub call: Calls,
    /// What must come of a GET, or of a PATCH.
    pub get: Cell,
    /// What must come of a POST.
    pub post: Cell,
}

/// How the server is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listen {
    /// It listens.
    #[default]
    Open,
    /// Nobody listens until the fault is over.
    Refused,
    /// It accepts nobody, and its backlog is full, until the fault is over.
    Full,
}

/// The calls of a variant.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// In place of `forms.get`.
    #[serde(default)]
    pub get: Option<Call>,
    /// In place of `forms.create`.
    #[serde(default)]
    pub post: Option<Call>,
}

/// One call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The operation's id.
    pub operation: String,
    /// Its parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// The file that it sends, as in a conformance case.
    #[serde(default)]
    pub file: Option<Value>,
    /// Where it puts a download, as in a conformance case.
    #[serde(default)]
    pub to: Option<Value>,
    /// The bytes of the download.
    #[serde(default)]
    pub content: Option<Value>,
}

impl Call {
    /// What is called where the case does not say.
    #[must_use]
    pub fn usual(method: Method) -> Self {
        let (operation, params) = match method {
            Method::Get => ("forms.get", json!({"id": "f1"})),
            Method::Post => (
                "forms.create",
                json!({"flow": {"slug": "client-onboarding"}}),
            ),
        };
        Self {
            operation: operation.to_owned(),
            params: params.as_object().cloned().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What a healthy server's answer is to the caller.
    #[must_use]
    pub fn healthy_result(&self) -> Value {
        match self.operation.rsplit('.').next() {
            Some("list") => json!([{"id": "f1"}]),
            Some("create" | "upload") => json!({"id": "made", "status": "draft"}),
            _ => json!({"id": self.params.get("id"), "status": "draft"}),
        }
    }
}

impl Variant {
    /// A proxy that does what these scripts say, and leads on when it is in good health.
    #[must_use]
    pub fn proxy(scripts: &[Vec<Step>]) -> Self {
        Self {
            connections: scripts.to_vec(),
            answers: vec![vec![Step::Tunnel]],
            ..Self::well()
        }
    }

    /// Whether a language can meet it, if it can meet the fault.
    #[must_use]
    pub fn is_of(&self, surface: &str) -> bool {
        is_among(self.surfaces.as_ref(), surface)
    }

    /// Whether this is a proxy.
    #[must_use]
    pub fn is_proxy(&self) -> bool {
        matches!(self.answers.as_slice(), [steps] if matches!(steps.as_slice(), [Step::Tunnel]))
    }

    /// A server in good health.
    #[must_use]
    pub fn well() -> Self {
        Self {
            name: String::new(),
            settings: Map::new(),
            listen: Listen::Open,
            preload: None,
            tls: None,
            proxy: Vec::new(),
            environment: BTreeMap::new(),
            surfaces: None,
            closed_in_flight: false,
            warm: false,
            connections: Vec::new(),
            answers: Vec::new(),
            call: Calls::default(),
            get: Cell::NotApplicable,
            post: Cell::NotApplicable,
        }
    }
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
        is_among(self.surfaces.as_ref(), surface)
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

fn is_among(surfaces: Option<&Vec<String>>, surface: &str) -> bool {
    surfaces.is_none_or(|surfaces| surfaces.iter().any(|known| known == surface))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_and_nonsense_is_not() {
        let good = r#"{"title": "t", "variants": [{"answers": [["fin", {"wait_ms": 3}, {"reply": {"status": 99}}]],
            "get": {"requests": 1}, "post": "n/a"}]}"#;
        let fault = Fault::parse("d4_status_099", good).unwrap();
        assert!(fault.is_of("rust"));
        assert!(matches!(fault.variants[0].post, Cell::NotApplicable));
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
        ] {
            assert!(Fault::parse(id, text).is_err(), "{id} {text}");
        }
    }
}
