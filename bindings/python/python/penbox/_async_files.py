"""Uploads and downloads on an event loop. The call's own task reads and writes what is awaited."""

from __future__ import annotations

import asyncio
from inspect import isawaitable, iscoroutinefunction

from penbox._async_call import finish, serve
from penbox._native import NotGiven
from penbox.errors import InvalidArgumentError, PenboxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from typing import Any

    from penbox._file import File
    from penbox._native import AsyncClient, CancelToken, Event, Model
    from penbox._streams import AsyncFileSource, AsyncFileTarget, AsyncProgress

_SIZE = 128 * 1024
"""The bytes read at once: each read is a turn of the loop. As in the native module."""


class _Iterated:
    """An asynchronous iterator of bytes, read chunk by chunk."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._chunks: AsyncIterator[Any] | None = None

    async def read(self) -> Any:
        if self._chunks is None:
            self._chunks = aiter(self._source)
        async for chunk in self._chunks:
            # An empty chunk is none; only the iterator says that it is at its end.
            if not isinstance(chunk, bytes | bytearray) or chunk:
                return chunk
        self._chunks = None
        return b""

    async def close(self) -> None:
        """Ends an iterator that was begun and is not at its end: its file or connection with it."""
        close = getattr(self._chunks, "aclose", None)
        if close is not None:
            await close()


class _Moving:
    """What a call that moves a file asks of its task."""

    def __init__(self, on_progress: Any) -> None:
        self.read: Callable[[], Awaitable[Any]] | None = None
        self.write: Callable[[bytes], Any] | None = None
        self.flush: Callable[[], Any] | None = None
        self.close: Callable[[], Awaitable[None]] | None = None
        self.progress = None if isinstance(on_progress, NotGiven) else on_progress
        self.raised: BaseException | None = None
        if self.progress is not None and not callable(self.progress):
            raise InvalidArgumentError("the parameter on_progress must be callable")

    async def serve(self, event: Event) -> None:
        """Does what the call asks for. What the caller's code raises ends the call."""
        if event.kind == "hook":
            return await serve(event)
        try:
            event.answer(await self._done(event))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.raised = self.raised or error
            event.fail(error)
            if not isinstance(error, Exception):
                raise

    async def _done(self, event: Event) -> Any:
        if event.kind == "read" and self.read is not None:
            return await self.read()
        if event.kind == "write" and self.write is not None:
            return await _written(self.write, event.content)
        if event.kind == "flush" and self.flush is not None:
            await self.flush()
        if event.kind == "progress" and self.progress is not None:
            answer = self.progress(*event.content)
            # A callback that returns a mere None goes on.
            return (await answer if isawaitable(answer) else answer) is not False
        return None

    async def end(self, call: Any) -> Any:
        """The result of the call, or what the caller's own code raised."""
        try:
            return await finish(call, self.serve)
        except PenboxError:
            if self.raised is not None:
                raise self.raised from None
            raise
        finally:
            self.raised = None
            if self.close is not None:
                await self.close()


async def _written(write: Callable[[bytes], Any], chunk: bytes) -> None:
    """Writes all bytes, to a target that may take fewer at a time."""
    while chunk:
        taken = await write(chunk)
        if not isinstance(taken, int) or taken >= len(chunk):
            return
        if taken <= 0:
            raise OSError("the target did not take the bytes")
        chunk = chunk[taken:]


def _reads(moving: _Moving, source: Any) -> bool:
    """Finds out how the source is awaited. False for one that the client can read by itself."""
    if isinstance(source, str | bytes | bytearray | memoryview):
        return False
    if iscoroutinefunction(getattr(source, "read", None)):
        moving.read = lambda: source.read(_SIZE)
        return True
    if not hasattr(source, "__aiter__"):
        return False
    chunks = _Iterated(source)
    moving.read, moving.close = chunks.read, chunks.close
    return True


def _writes(moving: _Moving, to: Any) -> bool:
    """Finds out how the target is awaited. False for one that the client can write to by itself."""
    write, drain = getattr(to, "write", None), getattr(to, "drain", None)
    if iscoroutinefunction(write):
        moving.write = write
        flush = getattr(to, "flush", None)
        moving.flush = flush if iscoroutinefunction(flush) else None
    elif write is not None and iscoroutinefunction(drain):
        # The writer of an asyncio stream.
        async def drained(chunk: bytes) -> None:
            write(chunk)
            await drain()

        moving.write = drained
    elif write is None and (
        iscoroutinefunction(to) or iscoroutinefunction(getattr(to, "__call__", None))  # noqa: B004
    ):
        moving.write = to
    return moving.write is not None


async def upload(
    native: AsyncClient,
    operation: str,
    model: type[Model],
    source: AsyncFileSource,
    params: dict[str, object],
    on_progress: AsyncProgress | None,
    timeout: float | None,
    cancel: CancelToken | None,
    headers: Mapping[str, str] | None,
    query: Mapping[str, Any] | None,
) -> Any:
    """Sends a file."""
    moving = _Moving(on_progress)
    streamed, watched = _reads(moving, source), moving.progress is not None
    return await moving.end(
        native.upload(
            operation, model, source, params, streamed, watched, timeout, cancel, headers, query
        )
    )


async def download(
    native: AsyncClient,
    operation: str,
    params: dict[str, object],
    to: AsyncFileTarget | None,
    overwrite: bool,
    on_progress: AsyncProgress | None,
    timeout: float | None,
    cancel: CancelToken | None,
    headers: Mapping[str, str] | None,
    query: Mapping[str, Any] | None,
) -> File:
    """Fetches a file."""
    moving = _Moving(on_progress)
    streamed, watched = _writes(moving, to), moving.progress is not None
    file: File = await moving.end(
        native.download(
            operation, params, to, overwrite, streamed, watched, timeout, cancel, headers, query
        )
    )
    return file
