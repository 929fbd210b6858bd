//! The two clients of the package, and what is different in their modules.

use super::names;

/// A client: its calls return, or are awaited.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    Sync,
    Async,
}

impl Mode {
    /// One of two texts.
    pub(super) fn pick<'a>(self, sync: &'a str, awaited: &'a str) -> &'a str {
        match self {
            Mode::Sync => sync,
            Mode::Async => awaited,
        }
    }

    /// The class of a resource.
    pub(super) fn class(self, resource: &str) -> String {
        format!("{}{}", self.pick("", "Async"), names::class(resource))
    }

    /// The package of the resources.
    pub(super) fn resources(self) -> &'static str {
        match self {
            Mode::Sync => "resources",
            Mode::Async => "async_resources",
        }
    }

    /// The decorator and the first word of a method that is called once.
    pub(super) fn head(self) -> &'static str {
        match self {
            Mode::Sync => "    @operation\n    def",
            Mode::Async => "    @coroutine\n    async def",
        }
    }
}

/// Lines that stand one level deeper.
pub(super) fn deeper(lines: &str) -> String {
    let deeper = |line: &str| format!("    {line}\n");
    lines.lines().map(deeper).collect()
}
