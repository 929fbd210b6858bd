//! Counts.

use crate::call::output::output;
use crate::json::raw::JsonObject;

output! {
    /// How many objects match.
    Count {
        /// All of them.
        count: Option<u64>,
        /// Where a grouping was asked for: its name, then value by value. Groups without any are absent (inferred).
        by: Option<JsonObject>,
    }
}
