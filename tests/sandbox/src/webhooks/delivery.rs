use serde::Serialize;

use super::tamper::Tamper;

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// An attempt is under way or still to come.
    Pending,
    /// The receiver answered 2xx.
    Delivered,
    /// No attempt is left.
    Failed,
    /// Not sent at all: the address is not one that the sandbox delivers to.
    Refused,
}

/// An event on its way to one address.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Its number, from 1 on.
    pub id: u64,
    /// The address, as the form has it.
    pub url: String,
    /// The form.
    pub form_id: String,
    /// The events of the body.
    pub events: Vec<String>,
    /// How far it is.
    pub state: DeliveryState,
    /// The body, before any tampering.
    pub body: String,
    /// The attempts that have ended, oldest first.
    pub attempts: Vec<DeliveryAttempt>,
    /// When the next attempt is due, by the sandbox's clock; `None` while one runs and when none is left.
    pub next_attempt_at: Option<String>,
    /// Why nothing is sent.
    pub refusal: Option<String>,
    /// The delivery that this one replays.
    pub replay_of: Option<u64>,
}

/// One POST of a delivery.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryAttempt {
    /// When it began, by the sandbox's clock.
    pub at: String,
    /// The headers of the request that the sandbox chose, the signature among them.
    pub headers: Vec<(String, String)>,
    /// The status of the answer; `None` without one.
    pub status: Option<u16>,
    /// What happened instead of an answer.
    pub error: Option<String>,
    /// What was wrong with it on purpose.
    pub tamper: Option<Tamper>,
}
