//! The order of a list.

use crate::call::output::open_enum;

open_enum! {
    /// The order of a list. Other orders than these may be accepted; none is documented.
    SortOrder {
        /// The last made comes first.
        NewestFirst = "-created_at",
        /// The first made comes first.
        OldestFirst = "+created_at",
        /// The last changed comes first.
        LastUpdatedFirst = "-updated_at",
        /// The one that changed longest ago comes first.
        FirstUpdatedFirst = "+updated_at",
    }
}
