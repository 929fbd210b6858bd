//! The durations of calls by operation, counted without a lock.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use once_cell::race::OnceBox;

use super::snapshot::OperationStats;
use super::steps::STEPS_MS;

/// The places of the table: a power of two, and more than twice the operations of the API, so that a place is found at once.
const PLACES: usize = 128;

/// The counts of one operation.
#[derive(Debug)]
struct Operation {
    id: &'static str,
    calls: AtomicU64,
    errors: AtomicU64,
    total_us: AtomicU64,
    max_us: AtomicU64,
    steps: [AtomicU64; STEPS_MS.len() + 1],
}

/// The counts of all operations.
pub(super) struct Operations(Box<[OnceBox<Operation>]>);

impl Operations {
    pub(super) fn new() -> Operations {
        Operations((0..PLACES).map(|_| OnceBox::new()).collect())
    }

    /// Counts the end of a call.
    pub(super) fn record(&self, id: &'static str, elapsed: Duration, is_error: bool) {
        let Some(operation) = self.of(id) else {
            return;
        };
        let us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        operation.calls.fetch_add(1, Relaxed);
        operation.errors.fetch_add(u64::from(is_error), Relaxed);
        operation.total_us.fetch_add(us, Relaxed);
        operation.max_us.fetch_max(us, Relaxed);
        let step = STEPS_MS.iter().position(|end| us <= end * 1_000);
        operation.steps[step.unwrap_or(STEPS_MS.len())].fetch_add(1, Relaxed);
    }

    /// The counts of an operation, made with its first call. None where the table is full, which the API's operations cannot fill.
    fn of(&self, id: &'static str) -> Option<&Operation> {
        // FNV-1a: short, and good enough for some dozens of ids.
        let start = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        (0..PLACES).find_map(|step| {
            let place = (start as usize).wrapping_add(step) % PLACES;
            // Of two threads that meet at an empty place one's operation stays, and the other goes on to the next place.
            let found = self.0[place].get_or_init(|| Box::new(Operation::new(id)));
            (found.id == id).then_some(found)
        })
    }

    /// The counts at this moment.
    pub(super) fn snapshot(&self) -> impl Iterator<Item = (&'static str, OperationStats)> {
        self.0.iter().filter_map(OnceBox::get).map(|operation| {
            let us = |counter: &AtomicU64| Duration::from_micros(counter.load(Relaxed));
            let stats = OperationStats {
                calls: operation.calls.load(Relaxed),
                errors: operation.errors.load(Relaxed),
                total: us(&operation.total_us),
                max: us(&operation.max_us),
                histogram: operation
                    .steps
                    .iter()
                    .map(|step| step.load(Relaxed))
                    .collect(),
            };
            (operation.id, stats)
        })
    }
}

impl Operation {
    fn new(id: &'static str) -> Operation {
        Operation {
            id,
            calls: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            total_us: AtomicU64::new(0),
            max_us: AtomicU64::new(0),
            steps: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }
}
