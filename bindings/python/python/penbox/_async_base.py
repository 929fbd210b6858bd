"""The bases of the asynchronous client and of its resources, which no operation is part of."""

from __future__ import annotations

from penbox._annotations import evaluable
from penbox._async_call import finish
from penbox._base import CommonClient
from penbox._checked import coroutine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Self

    from penbox._async_with_response import AsyncClientWithResponse
    from penbox._check import CheckReport
    from penbox._native import AsyncClient as NativeClient
    from penbox._native import CancelToken


class AsyncResource:
    """Base of the resources: a group of operations on a client."""

    def __init__(self, native: NativeClient) -> None:
        self._native = native

    def __repr__(self) -> str:
        return f"<penbox resource {type(self).__name__}>"


class AsyncBaseClient(CommonClient):
    """Base of the asynchronous client: requests of its own, checks, closing."""

    _native: NativeClient

    @property
    def with_response(self) -> AsyncClientWithResponse:
        """The same methods, each of which returns its result with the HTTP side of the answer.

        A list is iterated by pages. Where a call makes several requests, as `extract` does, it is
        that of the last one.

        Example:
            answer = await client.with_response.forms.get("8b0f3a52")
            print(answer.status, answer.headers.get("x-request-id"), answer.data.id)
        """
        from penbox._async_with_response import AsyncClientWithResponse

        return AsyncClientWithResponse(self._native.with_response())

    @coroutine
    async def request(
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
            flows = await client.request("GET", "/flows", query={"page[size]": 5})

        Raises:
            InvalidArgumentError: An argument was refused before anything was sent.
            CancelledError: The call was ended by `cancel`.
            APIError: The call failed; `kind` and `outcome` say how.
        """
        return await finish(
            self._native.request(method, path, query, body, safe, headers, timeout, cancel)
        )

    @coroutine
    async def check(self, workspace: str | None = None) -> CheckReport:
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

        return CheckReport(await finish(self._native.check(workspace)))

    async def aclose(self) -> None:
        """Ends the client, as `close` does. It never raises, and a second time does nothing."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


evaluable(globals())
