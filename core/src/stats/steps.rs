//! The steps of the histograms of durations.

/// The upper ends of the steps, in milliseconds; the last step has none. They are the steps that Prometheus' clients use by default,
/// from 10 ms on.
pub(super) const STEPS_MS: [u64; 10] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
