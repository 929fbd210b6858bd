use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::ids;

/// What happens to requests of one kind instead of the usual answer, or on the way to it.
///
/// ```
/// use penbox_sandbox::{Cut, Fault};
///
/// let flaky = Fault { probability: Some(0.1), cut: Some(Cut::After), ..Fault::on("POST", "/forms") };
/// let refused = Fault { status: Some(413), count: Some(1), ..Fault::on("POST", "/attachments") };
/// let slow = Fault { latency_ms: 200, drip_ms: Some(50), ..Fault::on("GET", "/forms/{id}") };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The method; empty for any.
    #[serde(default)]
    pub method: String,
    /// The path below `/v1`, as the reference writes it: a segment such as `{id}` stands for any one.
    pub path: String,
    /// The requests that are still to meet it; `None` for all.
    #[serde(default)]
    pub count: Option<u64>,
    /// Milliseconds until the request is read and answered.
    #[serde(default)]
    pub latency_ms: u64,
    /// Milliseconds after each byte of the answer's body; `None` sends it whole.
    #[serde(default)]
    pub drip_ms: Option<u64>,
    /// The status of a refusal, 400 to 599, that is sent before the body is read. Nothing more is read then, and nothing is done.
    #[serde(default)]
    pub status: Option<u16>,
    /// Seconds named in `retryAfter` and `Retry-After` of the refusal.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// The part of the requests that meet it, above 0 and up to 1; `None` for all. Those that do not are not counted.
    #[serde(default)]
    pub probability: Option<f64>,
    /// Where the connection breaks off; `None` keeps it.
    #[serde(default)]
    pub cut: Option<Cut>,
}

/// Where a connection breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Before anything is done: the request is lost.
    Before,
    /// After all is done and before the first byte of the answer: the answer is lost.
    After,
    /// In the midst of the answer's body.
    Body,
}

/// The faults that are set; the first that fits a request is the one that it meets.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Fault {
    /// A fault of one route, in which nothing happens yet.
    pub fn on(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            ..Self::default()
        }
    }

    /// The refusal that comes before the body is read.
    pub(crate) fn refusal(&self) -> Option<ApiError> {
        Some(ApiError::steered(self.status?, self.retry_after))
    }

    fn check(&self) -> Result<(), ApiError> {
        let problem = match self.status {
            _ if !self.path.starts_with('/') => "path must begin with /",
            Some(status) if !(400..=599).contains(&status) => "status must be from 400 to 599",
            None if self.retry_after.is_some() => "retry_after needs a status",
            _ if self
                .probability
                .is_some_and(|part| !(part > 0.0 && part <= 1.0)) =>
            {
                "probability must be above 0 and at most 1"
            }
            Some(_) if self.cut.is_some() => "a fault has a status or a cut",
            _ => return Ok(()),
        };
        Err(ApiError::bad_request(problem))
    }

    /// Throws the dice.
    fn strikes(&self) -> bool {
        self.probability.is_none_or(|part| ids::chance() < part)
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let is_any = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
        let (mut own, mut theirs) = (self.path.split('/'), path.split('/'));
        let is_path = loop {
            match (own.next(), theirs.next()) {
                (None, None) => break true,
                (Some(own), Some(theirs)) if own == theirs => {}
                (Some(own), Some(theirs)) if is_any(own) && !theirs.is_empty() => {}
                _ => break false,
            }
        };
        is_path && (self.method.is_empty() || self.method.eq_ignore_ascii_case(method))
    }
}

impl Faults {
    /// Takes the place of all that were set.
    pub(crate) fn set(&mut self, faults: Vec<Fault>) -> Result<(), ApiError> {
        faults.iter().try_for_each(Fault::check)?;
        self.0 = faults;
        Ok(())
    }

    /// The fault that a request meets. The path is the whole one.
    pub(crate) fn meet(&mut self, method: &str, path: &str) -> Option<Fault> {
        let path = path.strip_prefix("/v1")?;
        let fits = |fault: &&mut Fault| {
            fault.count != Some(0) && fault.fits(method, path) && fault.strikes()
        };
        let fault = self.0.iter_mut().find(fits)?;
        fault.count = fault.count.map(|count| count - 1);
        Some(fault.clone())
    }
}
