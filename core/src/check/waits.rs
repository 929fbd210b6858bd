//! The findings about waits: the pause after a 429, and what is left of the client's own rate limit.

use super::finding::{Findings, Level};
use crate::error::name;
use crate::send::Sender;

/// Looks at what holds calls back. Returns false where the call of the check would have to wait: then it is not made.
pub(super) fn look(findings: &mut Findings, sender: &Sender) -> bool {
    let (now, state) = (sender.runtime.now(), sender.state());
    let mut is_free = true;
    if let Some(until) = state.throttle.until(now) {
        is_free = false;
        let seconds = (until - now).as_secs_f64().ceil();
        findings.add_with_fix(
            "paused",
            Level::Warning,
            format!("A 429 has told this client to wait for another {seconds} s, so nothing was sent now."),
            "Wait, spread calls over time, and prefer webhooks to polling.",
        );
    }
    for (rate, left) in state.rate_limiter.left(now) {
        let text = format!(
            concat!(
                "{} of {} requests in {} s are left of ",
                name!("rate_limit"),
                "."
            ),
            left,
            rate.requests,
            rate.window.as_secs()
        );
        if left > 0 {
            findings.add("rate_budget", Level::Ok, text);
        } else {
            is_free = false;
            findings.add_with_fix(
                "budget_used",
                Level::Warning,
                text,
                concat!(
                    "Calls wait for their turn, so nothing was sent now: spread calls over time, or raise ",
                    name!("rate_limit"),
                    " if Penbox allows more."
                ),
            );
        }
    }
    is_free
}
