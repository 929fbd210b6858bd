//! Counts.

use crate::call::output::output;
use crate::json::raw::JsonObject;

output! {
    /// How many objects match.
    Count {
        /// All of them.
        count: Option<u64>,
        /// The counts of a requested grouping: under its name, the count of each value. Values that no object has are absent (inferred).
        by: Option<JsonObject>,
    }
}
