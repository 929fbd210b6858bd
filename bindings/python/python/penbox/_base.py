"""The bases of the client and of its resources, which no operation is part of."""

from __future__ import annotations

from penbox._checked import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Self

    from penbox._check import CheckReport
    from penbox._native import CancelToken
    from penbox._native import Client as NativeClient
    from penbox._usage import Stats
    from penbox._with_response import ClientWithResponse


class Auth:
    """Facts about a client's token that may be shown: none is the token or a part of it."""

    __slots__ = ("fingerprint", "source")

    fingerprint: str | None
    """Eight hexadecimal digits of a hash of the token, which tell two tokens apart.

    None before a `token_provider` or `token_command` was asked, which is at the first call.
    """
    source: str
    """The place where the token was found, in words."""

    def __init__(self, fingerprint: str | None, source: str) -> None:
        self.fingerprint = fingerprint
        self.source = source

    def __repr__(self) -> str:
        return f"<penbox.Auth fingerprint={self.fingerprint} source={self.source!r}>"


class CacheStats:
    """The use of a client's cache so far."""

    __slots__ = ("bytes", "entries", "hits", "misses")

    hits: int
    """The calls that were answered without a request of their own: from memory, or by the request
    of another call.
    """
    misses: int
    """The calls that sent a request although the cache could have answered."""
    entries: int
    """The answers in memory."""
    bytes: int
    """The bytes of those answers."""

    def __init__(self, hits: int = 0, misses: int = 0, entries: int = 0, bytes: int = 0) -> None:
        self.hits = hits
        self.misses = misses
        self.entries = entries
        self.bytes = bytes

    def __repr__(self) -> str:
        return f"<penbox.CacheStats {self.hits} hits, {self.misses} misses, {self.entries} entries>"


class Resource:
    """Base of the resources: a group of operations on a client."""

    def __init__(self, native: NativeClient) -> None:
        self._native = native

    def __repr__(self) -> str:
        return f"<penbox resource {type(self).__name__}>"


class CommonClient:
    """Base of the clients: what they have in common, which waits for nothing."""

    _native: NativeClient

    def _use(self, native: NativeClient) -> None:
        self._native = native

    @operation
    def with_options(
        self,
        *,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        max_attempts: int | None = None,
        retry_unsafe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        fresh: bool | None = None,
    ) -> Self:
        """Returns a client with other options for its calls, on the same connections.

        It sends nothing, and the client itself keeps its options.

        Args:
            timeout: The limit of the call as a whole, its waits included, instead of the client's
                limits for calls and for files. In seconds. Range: 1 ms to 24 h.
            cancel: The `CancelToken` that ends the call from elsewhere. If it is cancelled already,
                nothing is sent.
            max_attempts: The most requests that the call makes, the first included, instead of the
                client's number. Range: 1 to 100.
            retry_unsafe: Repeats the call even if the server may have acted. Only for calls that do
                no harm when they act twice, such as a lookup sent as a POST.
            headers: Extra headers. Those that the client sets itself (`Authorization`,
                `Content-Type`, ...) are refused.
            query: Extra query parameters, for what this SDK does not know.
            body: Extra members of the body, for what this SDK does not know.
            fresh: Requests the answer from the server, although the client's cache has one, and
                keeps the new one there. It has no effect without `cache_ttl`, and on calls that are
                never cached.

        Raises:
            InvalidArgumentError: An option is unknown or ill-typed.
        """
        clone = object.__new__(type(self))
        native = self._native.with_options(
            timeout, cancel, headers, query, body, max_attempts, retry_unsafe, fresh
        )
        clone._use(native)
        return clone

    def clear_cache(self) -> None:
        """Forgets the answers that the client keeps (`cache_ttl`).

        The next calls request them anew.
        """
        self._native.clear_cache()

    def notify_form(self, form_id: str) -> int:
        """Tells the calls of `forms.wait_completed` that a form has changed.

        A receiver of webhooks calls it with the id in a verified delivery: the waits look at once,
        instead of after their pause. Sends nothing and does not block. A webhook is a hint and no
        proof, so the wait itself reads the form once more.

        Args:
            form_id: The form's id, as the API gave it.

        Returns:
            The number of calls that wait for the form with this client.

        Example:
            client.notify_form(event["request"]["id"])
        """
        return self._native.notify_form(form_id)

    def cache_stats(self) -> CacheStats:
        """The use of the client's cache so far; all zero where it keeps nothing."""
        return CacheStats(*self._native.cache_stats())

    @property
    def base_url(self) -> str:
        """The API's address with its version."""
        return self._native.base_url

    @property
    def auth(self) -> Auth:
        """Facts about the token that may be shown."""
        return Auth(self._native.fingerprint, self._native.source)

    def set_token(self, token: str) -> None:
        """Replaces the token of this client and of all that share its connections, without a break.

        Calls in flight keep theirs, later ones take the new one, and so do repeats of calls whose
        old token is refused. A pause after a 429 ends, since it belongs to the old token. From then
        on no provider, command or file is asked.

        Raises:
            ConfigError: It is no token. The one in use stays.
            ClosedError: The client was closed.
        """
        try:
            self._native.set_token(token)
        finally:
            # A tool that shows a traceback's variables must not find the token in them.
            token = ""

    def stats(self) -> Stats:
        """Returns the usage of this client in this process: calls, waits, bytes, durations, errors.

        `penbox.process_stats()` gives the same by token, over all clients of the process.
        """
        from penbox._usage import Stats

        return Stats(**self._native.stats())

    def close(self) -> None:
        """Ends the client and all that share its connections: later calls raise ClosedError.

        It never raises, and a second time does nothing.
        """
        self._native.close()

    def __reduce__(self) -> str | tuple[Any, ...]:
        return self._native.__reduce__()

    def __repr__(self) -> str:
        # A tool that shows a traceback's variables also shows a client whose constructor failed.
        native = getattr(self, "_native", None)
        if native is None:
            return f"<penbox.{type(self).__name__} that could not be made>"
        name = type(self).__name__
        return f"<penbox.{name} base_url={native.base_url} token=pnbx_***>"


class BaseClient(CommonClient):
    """Base of the client: requests of its own, checks, closing."""

    @property
    def with_response(self) -> ClientWithResponse:
        """The same methods, each of which returns its result with the HTTP side of the answer.

        A list is iterated by pages. Where a call makes several requests, as `extract` does, it is
        that of the last one.

        Example:
            answer = client.with_response.forms.get("8b0f3a52")
            print(answer.status, answer.headers.get("x-request-id"), answer.data.id)
        """
        from penbox._with_response import ClientWithResponse

        return ClientWithResponse(self._native.with_response())

    @operation
    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        safe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Any:
        """Sends a request that no method of this SDK makes, and returns the answer as plain Python.

        It is for the deprecated addresses (`/requests`, `/flows`, `/companies`) and for what the
        API adds later. It goes the way of every other call, with its repeats, limits and errors,
        whose `operation` is `request`. An answer without a body is None.

        Args:
            method: GET, HEAD, POST, PUT, PATCH or DELETE.
            path: The path below the base URL, such as `/requests/8b0f3a52`. One that is absolute or
                may lead elsewhere is refused.
            query: Query parameters. A mapping is sent in brackets (`user[email]=..`), a list as
                repeated pairs.
            body: The body, which is sent as JSON. Without it, and with None, there is none.
            safe: True if the request may be sent twice without acting twice. Unless it is given,
                GET and HEAD are safe and all other methods are not.
            headers: Extra headers. Those that the client sets itself are refused.
            timeout: As of every call.
            cancel: As of every call.

        Example:
            flows = client.request("GET", "/flows", query={"page[size]": 5})

        Raises:
            InvalidArgumentError: An argument was refused before anything was sent.
            CancelledError: The call was ended by `cancel`.
            APIError: The call failed; `kind` and `outcome` say how.
        """
        return self._native.request(method, path, query, body, safe, headers, timeout, cancel)

    @operation
    def check(self, workspace: str | None = None) -> CheckReport:
        """Checks the token, the settings, the connection and the clock.

        Each finding says what to do. It sends one `GET /workspaces` and no more; a call that fails
        is a finding and no exception. The report can be pasted anywhere.

        Args:
            workspace: The workspace that the token should open, by its slug or id. Another one is
                the finding `wrong_workspace`, which lists the token's own.

        Raises:
            ClosedError: The client is closed.
            CancelledError: The client's `cancel` ended the call.
        """
        # Imported here: only this method needs it, and every start of a program would pay for it.
        from penbox._check import CheckReport

        return CheckReport(self._native.check(workspace))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
