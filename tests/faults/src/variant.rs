//! One form of a fault: what happens, and what must come of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::{Call, Calls};
use crate::combination::{Combination, Scheme, Slot, Work, is_value};
use crate::expect::{Entry, Expect};
use crate::step::Step;
use crate::tls::Shown;

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
    /// The calls, where they are not the usual ones.
    #[serde(default)]
    pub call: Calls,
    /// What must come of a GET, or of a PATCH.
    pub get: Entry,
    /// What must come of a POST.
    pub post: Entry,
    /// What must come of a download, where that is not what must come of a GET.
    #[serde(default)]
    pub download: Option<Entry>,
    /// What must come of an upload, where that is not what must come of a POST.
    #[serde(default)]
    pub upload: Option<Entry>,
    /// Circumstances under which it cannot happen, and why: `download`, `upload`, `http`, `https`, `ca_file`, `beside`, `pool`.
    #[serde(default)]
    pub except: BTreeMap<String, String>,
    /// Whether `connections` are played behind the handshake, as where TLS is only a circumstance.
    #[serde(skip)]
    pub greets_inside: bool,
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
        self.surfaces
            .as_ref()
            .is_none_or(|all| all.iter().any(|known| known == surface))
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
            get: Entry::NotApplicable,
            post: Entry::NotApplicable,
            download: None,
            upload: None,
            except: BTreeMap::new(),
            greets_inside: false,
        }
    }

    /// Whether its circumstances make sense.
    ///
    /// # Errors
    /// Says what does not.
    pub fn judge(&self) -> Result<(), String> {
        for (word, why) in &self.except {
            if !is_value(word) || why.trim().is_empty() {
                return Err(format!(
                    "except {word:?}: no value of a dimension, or no reason"
                ));
            }
        }
        // Each client that is told whom to trust is told by the circumstances.
        if self.settings.contains_key("ca_file") {
            return Err("ca_file is a circumstance, not a setting of a case".to_owned());
        }
        Ok(())
    }

    /// The call of a slot.
    #[must_use]
    pub fn call(&self, slot: Slot) -> Call {
        let own = match slot {
            Slot::Get => &self.call.get,
            Slot::Post => &self.call.post,
            Slot::Download => &self.call.download,
            Slot::Upload => &self.call.upload,
        };
        own.clone().unwrap_or_else(|| Call::usual(slot))
    }

    /// What the call of a slot moves.
    #[must_use]
    pub fn work(&self, slot: Slot) -> Work {
        self.call(slot).work()
    }

    /// What must come of the call of a slot; `None` where there is none. A file meets what JSON meets, unless the case has a call or
    /// a word of its own for one of them.
    #[must_use]
    pub fn expect(&self, slot: Slot) -> Option<&Expect> {
        let entry = match slot {
            Slot::Get => &self.get,
            Slot::Post => &self.post,
            Slot::Download => match (&self.download, &self.call.get) {
                (Some(own), _) => own,
                (None, None) => &self.get,
                (None, Some(_)) => return None,
            },
            Slot::Upload => match (&self.upload, &self.call.post) {
                (Some(own), _) => own,
                (None, None) => &self.post,
                (None, Some(_)) => return None,
            },
        };
        match entry {
            Entry::Expect(expect) => Some(expect),
            Entry::NotApplicable => None,
        }
    }

    /// Whether it can happen under these circumstances.
    #[must_use]
    pub fn can(&self, one: &Combination) -> bool {
        let is_possible = match one.scheme {
            // Where TLS itself fails there is no call without it, and the settings say whom to trust or do not.
            Scheme::Http => self.tls.is_none(),
            Scheme::CaFile => self.tls.is_some(),
            Scheme::Https => true,
        };
        let mut words = one.values().to_vec();
        words.push(one.slot.word());
        is_possible && !words.iter().any(|word| self.except.contains_key(*word))
    }

    /// The form as it is under these circumstances.
    #[must_use]
    pub fn under(&self, one: &Combination) -> Self {
        let mut own = self.clone();
        match (one.scheme, self.tls) {
            (Scheme::Http, _) => {}
            (Scheme::CaFile, _) => {
                own.settings
                    .insert("ca_file".to_owned(), "${CA_FILE}".into());
            }
            (Scheme::Https, shown) => {
                own.tls = Some(shown.unwrap_or(Shown::Good));
                own.greets_inside = shown.is_none();
            }
        }
        own
    }
}
