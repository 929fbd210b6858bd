//! The one list of hooks, read by every language.

/// A hook: its name and its purpose.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Hook {
    /// The name, such as `on_request`.
    pub name: &'static str,
    /// The purpose, in sentences.
    pub doc: &'static str,
}

/// Every hook that a client has.
pub const HOOKS: &[Hook] = &[
    Hook {
        name: "on_request",
        doc: "A function that runs before each attempt, on the thread of the call. It may add headers, and its failure ends the call: kind `cancelled`, reason `hook`, and the attempt is not sent.",
    },
    Hook {
        name: "on_response",
        doc: "A function that runs after each attempt before which `on_request` did not fail, whether the attempt succeeded, failed or was held back. Its failure is logged and counted, and changes nothing for the call.",
    },
    Hook {
        name: "on_retry",
        doc: "A function that runs before the wait for another attempt. Its failure is logged and counted, and changes nothing for the call.",
    },
    Hook {
        name: "on_alert",
        doc: "A function that runs once an episode of unusual use: far more calls in a minute than usual, or five refusals of the token in a row. Its failure is logged and counted, and changes nothing for the call.",
    },
];
