//! Clients of several workspaces, each with its own token.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Client;
use crate::auth::PREFIX;
use crate::config::ClientBuilder;
use crate::error::{Error, Reason, Result, printable};

/// The most slugs that an error names: enough to see a slip of the pen, few enough to read.
const MAX_NAMED: usize = 20;

/// A client for each of several workspaces, by its slug. A token belongs to one workspace, so each client has its own token, and with it
/// its own pause after a 429, its own rate limit, retry quota and connections: a busy workspace holds no other up.
///
/// ```
/// use penbox::{Client, WorkspaceClients};
///
/// # let (sales, hr) = ("pnbx_".to_owned() + "an-example", "pnbx_".to_owned() + "another-example");
/// let clients = WorkspaceClients::with_tokens(
///     &Client::builder().rate_limit("100/min"),
///     [("sales", sales), ("hr", hr)],
/// )?;
/// let forms = clients.get("sales")?.forms();
/// assert_eq!(clients.slugs().collect::<Vec<_>>(), ["hr", "sales"]);
/// for (slug, client) in clients.iter() {
///     println!("{slug}: {}", client.auth().fingerprint().unwrap_or_default());
/// }
/// assert!(clients.get("legal").unwrap_err().message().contains("hr, sales"));
/// clients.close();
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
pub struct WorkspaceClients(BTreeMap<String, Client>);

impl WorkspaceClients {
    /// Makes a client of each builder, under the workspace's slug. Sends nothing.
    ///
    /// ```
    /// use penbox::{Client, WorkspaceClients};
    ///
    /// # let (sales, hr) = ("pnbx_".to_owned() + "an-example", "pnbx_".to_owned() + "another-example");
    /// let clients = WorkspaceClients::new([
    ///     ("sales", Client::builder().token(sales).rate_limit("100/min")),
    ///     ("hr", Client::builder().token(hr).token_name("HR")),
    /// ])?;
    /// assert!(clients.get("hr").is_ok());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), which names the workspace: a builder's own error, a slug that is empty or there
    /// twice, or one token for two workspaces.
    pub fn new<S: Into<String>>(
        builders: impl IntoIterator<Item = (S, ClientBuilder)>,
    ) -> Result<WorkspaceClients> {
        let clients = builders.into_iter().map(|(slug, builder)| {
            let slug = slug.into();
            let client = builder
                .build()
                .map_err(|error| in_workspace(&slug, error))?;
            Ok((slug, client))
        });
        WorkspaceClients::of(clients.collect::<Result<Vec<_>>>()?)
    }

    /// Makes a client of each token, under the workspace's slug; the other settings are those of `common`. Sends nothing.
    ///
    /// # Errors
    /// As [`new`](WorkspaceClients::new).
    pub fn with_tokens<S: Into<String>, T: AsRef<str>>(
        common: &ClientBuilder,
        tokens: impl IntoIterator<Item = (S, T)>,
    ) -> Result<WorkspaceClients> {
        let builders = tokens.into_iter();
        WorkspaceClients::new(builders.map(|(slug, token)| (slug, common.clone().token(token))))
    }

    /// The set of clients that are made already.
    fn of(clients: Vec<(String, Client)>) -> Result<WorkspaceClients> {
        let facts = clients
            .iter()
            .map(|(slug, client)| (slug.clone(), client.auth().fingerprint()));
        check_workspaces(&facts.collect::<Vec<_>>())?;
        Ok(WorkspaceClients(clients.into_iter().collect()))
    }

    /// The client of a workspace.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) with the reason `unknown_workspace`, which names the known ones.
    pub fn get(&self, slug: &str) -> Result<&Client> {
        self.0
            .get(slug)
            .ok_or_else(|| unknown_workspace(slug, self.slugs()))
    }

    /// The slugs, in order.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The clients with their slugs, in the order of these.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Client)> {
        self.0.iter().map(|(slug, client)| (slug.as_str(), client))
    }

    /// Closes all clients.
    pub fn close(&self) {
        self.0.values().for_each(Client::close);
    }
}

/// Checks the workspaces of a set: each slug, with the fingerprint of its client's token where it is known. For languages that keep the
/// clients themselves.
pub fn check_workspaces(workspaces: &[(String, Option<String>)]) -> Result<()> {
    let mut slugs = BTreeSet::new();
    let mut slugs_of_tokens = BTreeMap::new();
    for (slug, fingerprint) in workspaces {
        if slug.trim().is_empty() || slug.contains(PREFIX) {
            return Err(Error::config(
                "a workspace's slug is empty, or holds what looks like a token",
            )
            .with_hint("Give each client under the slug of its workspace."));
        }
        if !slugs.insert(slug) {
            let message = format!("the workspace {} is given twice", printable(slug, 80));
            return Err(Error::config(message));
        }
        if let Some(digits) = fingerprint
            && let Some(other) = slugs_of_tokens.insert(digits, slug)
        {
            let message = format!(
                "the workspaces {} and {} have the same token",
                printable(other, 80),
                printable(slug, 80)
            );
            return Err(Error::config(message).with_hint(
                "A token belongs to one workspace: create one in each, at https://app.penbox.io/workspace/settings/api.",
            ));
        }
    }
    Ok(())
}

/// The error of a slug that no client of a set has. It names the known ones, in order.
pub fn unknown_workspace<'a>(slug: &str, known: impl IntoIterator<Item = &'a str>) -> Error {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    let more = known.len().saturating_sub(MAX_NAMED);
    known.truncate(MAX_NAMED);
    let mut named: Vec<String> = known.iter().map(|slug| printable(slug, 80)).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    let named = match named.is_empty() {
        true => "none".to_owned(),
        false => named.join(", "),
    };
    let slug = printable(slug, 80);
    let message = format!("no client belongs to the workspace {slug}; known are: {named}");
    Error::invalid_argument(message).with_reason(Reason::UnknownWorkspace)
}

/// An error with the workspace whose client it concerns.
fn in_workspace(slug: &str, error: Error) -> Error {
    error.after(&format!("the workspace {}: ", printable(slug, 80)))
}

/// Prints the slugs.
impl fmt::Debug for WorkspaceClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WorkspaceClients")
            .field(&self.0.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn set(tokens: &[(&str, &str)]) -> Result<WorkspaceClients> {
        WorkspaceClients::with_tokens(&Client::builder(), tokens.iter().copied())
    }

    #[test]
    fn an_unknown_slug_names_the_known_ones_and_no_token() {
        let clients = set(&[("sales", "pnbx_one"), ("hr", "pnbx_two")]).unwrap();
        let error = clients.get("legal").unwrap_err();
        assert_eq!(
            (error.kind(), error.reason()),
            (ErrorKind::InvalidArgument, Some("unknown_workspace"))
        );
        assert_eq!(
            error.message(),
            "no client belongs to the workspace legal; known are: hr, sales"
        );
        let error = clients.get("pnbx_0123456789abcdef").unwrap_err();
        assert!(!error.message().contains("0123"), "{error}");
        assert_eq!(
            format!("{clients:?}"),
            r#"WorkspaceClients(["hr", "sales"])"#
        );
        clients.close();
        let closed = clients
            .get("hr")
            .unwrap()
            .workspaces()
            .list(Default::default())
            .next();
        assert_eq!(closed.unwrap().unwrap_err().kind(), ErrorKind::Closed);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_and_named() {
        for (tokens, said) in [
            (
                vec![("a", "pnbx_one"), ("b", "pnbx_one")],
                "a and b have the same token",
            ),
            (
                vec![("a", "pnbx_one"), ("a", "pnbx_two")],
                "the workspace a is given twice",
            ),
            (vec![("", "pnbx_one")], "is empty"),
            (vec![("pnbx_one", "sales")], "the workspace"),
            (
                vec![("sales", "Bearer pnbx_one")],
                "the workspace sales: the token",
            ),
        ] {
            let error = set(&tokens).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(said), "{error}");
        }
    }
}
