//! The places that a client's settings come from, for a check to name.

/// The places that settings come from whose source is not plain from the code that makes the client.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) base_url: Origin,
    pub(crate) proxy: ProxyOrigin,
    pub(crate) roots: RootsOrigin,
    /// The pairs of variables, of different environments, that hold one token.
    pub(crate) shared_tokens: Vec<(&'static str, &'static str)>,
}

/// The place that a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// No setting and no variable names a value.
    Default,
    /// The setting.
    Setting,
    /// An environment variable, by its name.
    Variable(&'static str),
}

/// The reason that a proxy is used, or that none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyOrigin {
    /// No setting and no variable names a proxy.
    Unset,
    /// The setting is empty text.
    Off,
    /// The API is on this machine, so the environment's proxy was not looked for.
    Loopback,
    /// A proxy is named and used.
    Named(Origin),
    /// A proxy is named, and a list exempts the API's host.
    Exempt { proxy: Origin, by: Origin },
}

/// The place that names the certificate authorities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RootsOrigin {
    /// No place does: they are the system's.
    System,
    /// A setting or a variable.
    Named(Origin),
}
