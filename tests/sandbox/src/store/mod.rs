//! Everything a sandbox remembers between requests.

pub(crate) mod attachments;
pub(crate) mod case_fields;
pub(crate) mod case_seeding;
pub(crate) mod cases;
pub(crate) mod completion;
pub(crate) mod content;
pub(crate) mod extractions;
pub(crate) mod faults;
pub(crate) mod forms;
pub(crate) mod media;
pub(crate) mod members;
pub(crate) mod planting;
pub(crate) mod rate;
pub(crate) mod requests;
pub(crate) mod responses;
pub(crate) mod seeding;
pub(crate) mod settings;
pub(crate) mod signatures;
pub(crate) mod spool;
pub(crate) mod templates;
pub(crate) mod tokens;
pub(crate) mod workspaces;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::error::ApiError;
use crate::options::SandboxOptions;
use crate::{ids, seed};
use attachments::Attachments;
use cases::Cases;
use extractions::{ExtractionTemplate, Extractions};
use faults::Faults;
use forms::Forms;
use members::Member;
use rate::RateGate;
use settings::Settings;
use signatures::Signatures;
use templates::FormTemplate;
use tokens::Token;
use workspaces::Workspace;

/// The state behind the API, but for the request log.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) templates: Vec<FormTemplate>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) members: Vec<Member>,
    pub(crate) forms: Forms,
    /// Ids of forms by the id of a response.
    pub(crate) responses: HashMap<String, String>,
    pub(crate) cases: Cases,
    pub(crate) attachments: Attachments,
    pub(crate) signatures: Signatures,
    pub(crate) extraction_templates: Vec<ExtractionTemplate>,
    pub(crate) extractions: Extractions,
    pub(crate) rate: RateGate,
    pub(crate) settings: Settings,
    pub(crate) faults: Faults,
    /// Ids of owners by email: an owner keeps one id (inferred).
    owners: HashMap<String, String>,
    /// Ids of the contacts of cases by email: a contact is created or linked (`/api-reference/cases/create-case`).
    contacts: HashMap<String, String>,
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

    /// The state at the start: the sandbox's own seed, and that of the options over it.
    pub(crate) fn planted(options: &SandboxOptions, now: Timestamp) -> Result<Self, ApiError> {
        let mut store = Self::new(options);
        if let Some(seed) = &options.seed {
            store.plant(seed, now)?;
        }
        Ok(store)
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

    pub(crate) fn contact_id(&mut self, email: Option<&str>) -> String {
        match email {
            Some(email) => self
                .contacts
                .entry(email.to_owned())
                .or_insert_with(ids::uuid)
                .clone(),
            None => ids::uuid(),
        }
    }
}
