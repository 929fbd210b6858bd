"""What is told of a client's use: stats, the events of hooks, alerts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Record:
    """Base of the values: plain attributes, shown by name."""

    def __init__(self, **members: Any) -> None:
        self.__dict__.update(members)

    def __repr__(self) -> str:
        members = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({members})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    __hash__ = None  # type: ignore[assignment]

    def to_dict(self) -> dict[str, Any]:
        """Returns the members as plain dicts and lists."""
        return {name: _plain(value) for name, value in self.__dict__.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, _Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


class HistogramStep(_Record):
    """The calls that took no longer than `up_to`, and longer than the step before."""

    up_to: float | None
    """The upper end in seconds; None for the last step."""
    calls: int
    """The calls of this step."""


class OperationStats(_Record):
    """The calls of one operation that ended."""

    calls: int
    """The calls that ended."""
    errors: int
    """Those that failed."""
    total: float
    """The time of all in seconds, waits and repeats included."""
    max: float
    """The time of the longest in seconds."""
    histogram: list[HistogramStep]
    """The calls by their time."""

    def __init__(self, **members: Any) -> None:
        super().__init__(**members)
        self.histogram = [HistogramStep(**step) for step in members["histogram"]]


class RateLeft(_Record):
    """The rest of one rate of `rate_limit`."""

    requests: int
    """The most requests in a window."""
    window: float
    """The length of the window in seconds."""
    left: int
    """The requests that may be sent at once."""


class Deprecation(_Record):
    """The end of an operation, as the server announced it."""

    operation: str
    """The operation's id."""
    deprecated: str | None
    """The header `Deprecation`, as it came."""
    sunset: str | None
    """The header `Sunset`, as it came: after that date the operation may be gone."""


class Stats(_Record):
    """The usage of a client in this process, or that of a token over all clients of the process.

    A call is one request of the program to the API: a page of a list, one look at a result that is
    polled. What is refused before a call begins, such as an argument, counts nowhere, nor does a
    call that the cache answers: see `Client.cache_stats`.
    """

    token_fingerprint: str | None
    """Eight hexadecimal digits of a hash of the present token; None while no token is known."""
    token_name: str | None
    """The name that the token has in Penbox's settings, where the client was given it."""
    clients: int
    """The clients that are counted here."""
    since: str
    """The time since which is counted, ISO 8601 in UTC."""
    last_used_at: str | None
    """The time at which the last call ended, ISO 8601 in UTC."""
    calls: int
    """The calls that began."""
    attempts: int
    """The requests that were sent or tried."""
    repeats: int
    """The attempts that followed another of the same call."""
    rate_limited: int
    """The answers with the status 429."""
    waits: int
    """The waits for a time: between two attempts, after a 429, for a `rate_limit`."""
    waited: float
    """The time of these waits together, in seconds."""
    bytes_sent: int
    """The bytes written to connections: requests with their heads, and what TLS needs."""
    bytes_received: int
    """The bytes read from connections."""
    errors: dict[str, int]
    """The calls that failed, by the error's kind."""
    operations: dict[str, OperationStats]
    """The calls that ended, by operation."""
    hook_errors: int
    """The hooks that failed."""
    alerts: int
    """The alerts that were raised."""
    unusual: list[str]
    """The rules of unusual use that are broken now: `calls`, `refusals`."""
    deprecations: list[Deprecation]
    """The operations that the server declared deprecated."""
    paused_for: float | None
    """The rest of the pause that a 429 asked for, in seconds."""
    rate_left: list[RateLeft]
    """The rest of each rate of `rate_limit`."""

    def __init__(self, **members: Any) -> None:
        super().__init__(**members)
        operations = members["operations"].items()
        self.operations = {name: OperationStats(**each) for name, each in operations}
        self.deprecations = [Deprecation(**each) for each in members["deprecations"]]
        self.rate_left = [RateLeft(**each) for each in members["rate_left"]]


class RequestEvent(_Record):
    """A request that is about to be sent, for `on_request`."""

    operation: str
    """The operation's id, such as `forms.create`."""
    method: str
    """The HTTP method."""
    path: str
    """The path template, such as `/forms/{id}`: never the path with its values."""
    attempt: int
    """The number of the attempt within its call, from 1."""
    headers: dict[str, str]
    """The headers to add, empty at first.

    One that the client sets itself, such as `Authorization`, is refused: the call ends with
    InvalidArgumentError, and this attempt is not sent.
    """

    def __init__(self, **members: Any) -> None:
        super().__init__(**members)
        self.headers = {}


class ResponseEvent(_Record):
    """The end of an attempt, for `on_response`."""

    operation: str
    """The operation's id, such as `forms.create`."""
    method: str
    """The HTTP method."""
    path: str
    """The path template, such as `/forms/{id}`: never the path with its values."""
    attempt: int
    """The number of the attempt within its call, from 1."""
    http_status: int | None
    """The HTTP status, if the server answered."""
    request_id: str | None
    """The id that the server gave the request, if it did."""
    elapsed: float
    """The time of the attempt in seconds, without the waits before it."""
    retry_after: float | None
    """The wait that the server requested, in seconds."""
    error: str | None
    """The kind of the attempt's error, such as `rate_limit`; None for a success."""
    outcome: str | None
    """The outcome of the attempt's error; None for a success."""


class RetryEvent(_Record):
    """A repeat that is about to be waited for, for `on_retry`."""

    operation: str
    """The operation's id, such as `forms.create`."""
    method: str
    """The HTTP method."""
    path: str
    """The path template, such as `/forms/{id}`: never the path with its values."""
    attempt: int
    """The number of the attempt that failed, from 1."""
    wait: float
    """The wait before the next attempt, in seconds."""
    error: str
    """The kind of the failed attempt's error."""
    reason: str | None
    """The finer cause within the kind, such as `reset`."""
    http_status: int | None
    """The HTTP status of the failed attempt, if the server answered."""


class Alert(_Record):
    """The beginning of an episode of unusual use, for `on_alert`."""

    rule: str
    """The rule that was broken: `calls` or `refusals`."""
    count: int
    """The calls of this minute so far, or the refusals in a row."""
    usual: int | None
    """The usual calls of a minute, for the rule `calls`."""
    message: str
    """The alert in a sentence."""


def process_stats() -> list[Stats]:
    """Returns the usage of all clients of this process, closed ones included: one entry a token.

    The token used last comes first. A client whose token was replaced counts for both, at their
    times. A forked child begins at zero.
    """
    from penbox._native import process_stats as native

    return [Stats(**each) for each in native()]
