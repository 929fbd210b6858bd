//! The numbers of a cache.

/// The use of a client's cache so far. See [`Client::cache_stats`](crate::Client::cache_stats).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// The calls that were answered without a request of their own: from memory, or by the request of another call.
    pub hits: u64,
    /// The calls that sent a request although the cache could have answered.
    pub misses: u64,
    /// The answers in memory.
    pub entries: u64,
    /// The bytes of those answers.
    pub bytes: u64,
}
