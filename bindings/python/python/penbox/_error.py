"""The base of every error, and errors from the payloads of the native module."""

from __future__ import annotations

import time

from penbox._headers import Headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NotRequired, TypedDict

    class _Payload(TypedDict):
        """An error's members as the native module gives them."""

        kind: str
        code: int
        message: str
        hint: str | None
        reason: str | None
        phase: str | None
        http_status: int | None
        title: str | None
        body: str | None
        headers: NotRequired[list[tuple[str, str]]]
        operation: str | None
        method: str | None
        path: str | None
        attempts: int
        retry_after_ms: int | None
        outcome: str
        retryable: bool
        request_id: str | None
        occurred_at: str
        text: str
        support_report: str
        curl: NotRequired[str]


_classes: dict[str, type[PenboxError]] = {}


class PenboxError(Exception):
    """Base of every error this SDK raises.

    No member ever holds the token. Errors can be pickled, and made by hand in tests:
    `RateLimitError("slow down", http_status=429, retry_after=3.0)`.
    """

    kind: str = ""
    """The error's kind, for a program to branch on: `rate_limit`, `not_found`, ... It is the same
    in every language.
    """
    message: str
    """The server's own message where there is one, else the SDK's. It has at most 512 characters;
    control characters are escaped.
    """
    hint: str | None
    """Advice on what to do next, where there is any."""
    reason: str | None
    """A finer cause within the kind: `dns`, `refused`, `truncated`, `decode`, `paused`, ... The
    page on errors lists them all; more may be added, so match with a fallback.
    """
    phase: str | None
    """The limit that passed, for a timeout: `resolve`, `connect`, `send`, `response`, `body` or
    `total`.
    """
    http_status: int | None
    """The HTTP status, if the server answered."""
    title: str | None
    """The `error` member of the API's error body: the reason phrase, such as `Too Many Requests`.
    """
    body: str | None
    """The answer's body as text, at most 64 KiB, with the client's token blanked should the server
    echo it. It may hold personal data.
    """
    headers: Headers | None
    """The answer's headers, if the server answered, with the client's token blanked. They may hold
    cookies.
    """
    operation: str | None
    """The operation's id, such as `forms.create`."""
    method: str | None
    """The HTTP method."""
    path: str | None
    """The path template, such as `/forms/{id}`: never the path with its values. Of a request of
    your own it is the path that was given, without its query.
    """
    attempts: int
    """The number of requests that were sent or tried."""
    retry_after: float | None
    """The wait that the server requested, from the body's `retryAfter` or the `Retry-After` header,
    whichever is longer. It has no upper limit; zero is "at once". For a call that was refused
    unsent it is the time until the call may be sent. In seconds.
    """
    outcome: str
    """The effect that the call may have had on the server: `not_sent`, `rejected` (it did not act),
    `unknown` (it may have acted) or `done` (it acted, and its answer was lost).
    """
    retryable: bool
    """True if the same call may succeed later and repeating it cannot act twice. False for an
    upload whose source was read and cannot be read again.
    """
    request_id: str | None
    """The id that the server gave the request in `x-request-id`, if it did (inferred: no such
    header is documented).
    """
    occurred_at: str
    """The time of the error, ISO 8601 in UTC."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if "kind" in cls.__dict__:
            _classes.setdefault(cls.kind, cls)

    def __init__(
        self,
        message: str = "",
        *,
        hint: str | None = None,
        reason: str | None = None,
        phase: str | None = None,
        http_status: int | None = None,
        title: str | None = None,
        body: str | None = None,
        headers: Headers | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        attempts: int = 0,
        retry_after: float | None = None,
        outcome: str = "not_sent",
        retryable: bool = False,
        request_id: str | None = None,
        occurred_at: str | None = None,
    ) -> None:
        self.message = message
        self.hint = hint
        self.reason = reason
        self.phase = phase
        self.http_status = http_status
        self.title = title
        self.body = body
        self.headers = headers
        self.operation = operation
        self.method = method
        self.path = path
        self.attempts = attempts
        self.retry_after = retry_after
        self.outcome = outcome
        self.retryable = retryable
        self.request_id = request_id
        self.occurred_at = occurred_at or time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        self._report: str | None = None
        self._curl: str | None = None
        super().__init__(self._text())

    @property
    def body_json(self) -> Any:
        """The answer's body as plain Python; None where it is not JSON, or longer than an error
        keeps.
        """
        if self.body is None:
            return None
        # Imported here: only a program that looks into a body needs it.
        import json

        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def support_report(self) -> str:
        """The text that Penbox's support asks for: endpoint, time, messages and the token's name,
        never the token.
        """
        if self._report is not None:
            return self._report
        lines = {
            "time": self.occurred_at,
            "endpoint": self._endpoint(),
            "status": self.http_status,
            "error": self.kind,
            "message": self.message,
            "request id": self.request_id,
            "outcome": self.outcome,
        }
        shown = (f"{name}: {value}\n" for name, value in lines.items() if value is not None)
        return "Penbox support report\n" + "".join(shown)

    def curl(self) -> str | None:
        """The failed call as a line for a shell: `curl` with the method, the whole address and the
        headers. The token is `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's
        file from `FILE`), since bodies hold contacts. The address has its query, which may name a
        contact. Extra headers of the call are left out. Absent where no request was made.

        An error that was made by hand has none.
        """
        return self._curl

    def _endpoint(self) -> str | None:
        if self.method is None:
            return self.operation
        return self.operation and f"{self.method} {self.path} ({self.operation})"

    def _of(self, operation: str) -> None:
        """Adds the operation's name, which is known later than the error is made."""
        self.operation = operation
        self.args = (self._text(),)

    def _text(self) -> str:
        facts = [self.kind or "error"]
        if self.http_status is not None:
            facts.append(f"HTTP {self.http_status}")
        if self.operation is not None:
            facts.append(self.operation)
        facts.append(f"outcome: {self.outcome}")
        text = f"{self.message} ({', '.join(facts)})"
        return text if self.hint is None else f"{text}. {self.hint}"

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args), self.__dict__


PenboxError.__module__ = "penbox.errors"


def _restore(cls: type[PenboxError], args: tuple[Any, ...]) -> PenboxError:
    """Makes an unpickled error without its constructor, whose arguments a subclass may change.

    Its members follow as state.
    """
    error = cls.__new__(cls)
    error.args = args
    return error


def from_payload(payload: _Payload) -> PenboxError:
    """Makes the error for a payload of the native module."""
    wait = payload["retry_after_ms"]
    headers = payload.get("headers")
    error = _classes[payload["kind"]](
        payload["message"],
        hint=payload["hint"],
        reason=payload["reason"],
        phase=payload["phase"],
        http_status=payload["http_status"],
        title=payload["title"],
        body=payload["body"],
        headers=None if headers is None else Headers((name, value) for name, value in headers),
        operation=payload["operation"],
        method=payload["method"],
        path=payload["path"],
        attempts=payload["attempts"],
        retry_after=None if wait is None else wait / 1000,
        outcome=payload["outcome"],
        retryable=payload["retryable"],
        request_id=payload["request_id"],
        occurred_at=payload["occurred_at"],
    )
    error.args = (payload["text"],)
    error._report = payload["support_report"]
    error._curl = payload.get("curl")
    return error
