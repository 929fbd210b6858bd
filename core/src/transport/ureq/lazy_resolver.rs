//! The resolver that the HTTP library is given.

use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// A resolver that returns nothing. ureq calls it for each request, before it looks into its pool; the connector resolves the name
/// only when a connection is made.
#[derive(Debug)]
pub(super) struct LazyResolver;

impl Resolver for LazyResolver {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}
