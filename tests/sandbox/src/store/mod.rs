//! Everything a sandbox remembers between requests.

pub(crate) mod forms;
pub(crate) mod rate;
pub(crate) mod requests;
pub(crate) mod seeding;
pub(crate) mod settings;
pub(crate) mod templates;
pub(crate) mod tokens;
pub(crate) mod workspaces;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::options::SandboxOptions;
use crate::{ids, seed};
use forms::Forms;
use rate::RateGate;
use settings::Settings;
use templates::FormTemplate;
use tokens::Token;
use workspaces::Workspace;

/// The state behind the API, but for the request log.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) templates: Vec<FormTemplate>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) forms: Forms,
    pub(crate) rate: RateGate,
    pub(crate) settings: Settings,
    /// Ids of owners by email: an owner keeps one id (inferred).
    owners: HashMap<String, String>,
    last_moment: Option<Timestamp>,
}

impl Store {
    pub(crate) fn new(options: &SandboxOptions) -> Self {
        let mut store = Self {
            settings: options.settings,
            ..Self::default()
        };
        store.rate.set(options.rate_limit);
        seed::plant(&mut store);
        store
    }

    /// A moment later than every one given before, so that no two objects share a `created_at`.
    pub(crate) fn next_moment(&mut self, now: Timestamp) -> Timestamp {
        let next = match self.last_moment {
            Some(last) if last >= now => last
                .checked_add(SignedDuration::from_micros(1))
                .unwrap_or(last),
            _ => now,
        };
        self.last_moment = Some(next);
        next
    }

    pub(crate) fn owner_id(&mut self, email: &str) -> String {
        self.owners
            .entry(email.to_owned())
            .or_insert_with(ids::uuid)
            .clone()
    }
}
