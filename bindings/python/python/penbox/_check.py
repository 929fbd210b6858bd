"""The report of a check."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Finding:
    """One finding of a check."""

    __slots__ = ("fix", "id", "level", "message")

    id: str
    """The finding's name in snake_case, the same in every language: `token_not_accepted`,
    `clock_skew`, ... More may be added.
    """
    level: str
    """`ok`, `note`, `warning` (calls work, and something should be mended) or `error` (calls fail).
    """
    message: str
    """The finding in a sentence. It never holds a token."""
    fix: str | None
    """Advice on what to do, where there is anything to do."""

    def __init__(self, id: str, level: str, message: str, fix: str | None = None) -> None:
        self.id = id
        self.level = level
        self.message = message
        self.fix = fix

    def __repr__(self) -> str:
        return f"<penbox.Finding {self.level} {self.id}: {self.message}>"


class CheckReport:
    """The report of `Client.check()`. As text it can be pasted anywhere: it holds no token.

    It is true if no finding is an error, so that `if not client.check():` says what it means.
    """

    __slots__ = ("_members", "_text", "findings")

    findings: tuple[Finding, ...]
    """The findings, in the order of the debugging list: settings, connection, answer."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._text = members.pop("text")
        self._members = members
        self.findings = tuple(Finding(**finding) for finding in members["findings"])

    @property
    def ok(self) -> bool:
        """True if no finding is an error."""
        return bool(self._members["ok"])

    @property
    def curl(self) -> str | None:
        """The call that the check makes, as a line for a shell.

        The token is `$PENBOX_API_TOKEN`.
        """
        curl: str | None = self._members["curl"]
        return curl

    def to_dict(self) -> dict[str, Any]:
        """Makes a new dict of the report, as `python -m penbox doctor --json` prints it."""
        findings = [dict(finding) for finding in self._members["findings"]]
        return {**self._members, "findings": findings}

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return str(self._text)

    def __repr__(self) -> str:
        shown = [finding.id for finding in self.findings if finding.level != "ok"]
        return f"<penbox.CheckReport ok={self.ok} {' '.join(shown)}>"


Finding.__module__ = CheckReport.__module__ = "penbox"
