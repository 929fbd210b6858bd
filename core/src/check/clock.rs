//! The findings about time: the machine's clock against the server's, and how long an answer takes.

use std::time::Duration;

use super::finding::{Findings, Level};
use crate::send::ProbeHead;

/// The difference of two clocks from which on it is a finding. Tokens of webhooks and certificates are judged by the minute, and a
/// `Date` is exact to the second.
const SKEW: Duration = Duration::from_secs(60);
/// The time to an answer from which on it is a finding. Name, connection and TLS are part of it; the documentation names no figure.
const SLOW: Duration = Duration::from_secs(3);

/// Looks at the head of an answer.
pub(super) fn look(findings: &mut Findings, head: &ProbeHead) {
    if let Some(skew) = head.skew() {
        // The server wrote its date somewhere between the request and its answer.
        let allowed = SKEW + head.elapsed;
        let seconds = skew.as_secs();
        let direction = if skew.is_positive() {
            "behind"
        } else {
            "ahead of"
        };
        let skew = skew.unsigned_abs();
        if skew > allowed {
            findings.add_with_fix(
                "clock_skew",
                Level::Warning,
                format!(
                    "This machine's clock is {} s {direction} the server's.",
                    seconds.unsigned_abs()
                ),
                "Set the clock, best by NTP: certificates, webhooks and waits that are dates are judged by it.",
            );
        } else {
            findings.add(
                "clock",
                Level::Ok,
                "This machine's clock agrees with the server's.",
            );
        }
    }
    let ms = head.elapsed.as_millis();
    if head.elapsed > SLOW {
        findings.add_with_fix(
            "slow",
            Level::Warning,
            format!("The answer took {ms} ms, its connection included."),
            "Look at the network, the proxy and the DNS servers; a client that is kept reuses its connections.",
        );
    } else {
        findings.add(
            "latency",
            Level::Ok,
            format!("The answer took {ms} ms, its connection included."),
        );
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::language::Language;

    /// The names of the findings about an answer with a clock that is so far ahead, after so long.
    fn ids(ahead: Option<i64>, elapsed: Duration) -> Vec<&'static str> {
        let here = Timestamp::UNIX_EPOCH;
        let head = ProbeHead {
            date: ahead.map(|seconds| here + SignedDuration::from_secs(seconds)),
            here,
            elapsed,
        };
        let mut findings = Findings::new(Language::Rust);
        look(&mut findings, &head);
        findings.list.iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn a_slow_answer_and_a_wrong_clock_are_findings() {
        let fast = Duration::from_millis(20);
        assert_eq!(ids(Some(0), fast), ["clock", "latency"]);
        assert_eq!(ids(None, fast), ["latency"]);
        assert_eq!(ids(None, SLOW), ["latency"]);
        assert_eq!(ids(None, SLOW + fast), ["slow"]);
        for ahead in [59, -59, 60, -60] {
            assert_eq!(ids(Some(ahead), fast), ["clock", "latency"], "{ahead}");
        }
        for ahead in [62, -62, 100_000_000, -100_000_000] {
            assert_eq!(ids(Some(ahead), fast), ["clock_skew", "latency"], "{ahead}");
        }
        // The date may be as old as the answer took.
        assert_eq!(ids(Some(-70), Duration::from_secs(20)), ["clock", "slow"]);
    }
}
