"""Types of sources and targets of files, for type checkers. Nothing imports them at run time."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable
from os import PathLike
from typing import Protocol, TypeAlias


class Readable(Protocol):
    """A binary file, or an object that can be read like one.

    A file of `io` over a pipe, a socket or a terminal is waited for within the call's limits. While
    an object's own `read` blocks, nothing can end the call: it returns when `read` does.
    """

    def read(self, size: int, /) -> bytes | bytearray:
        """Returns at most `size` bytes, and no bytes at the end."""


class Writable(Protocol):
    """A binary file, or an object that can be written to like one.

    A file of `io` over a pipe, a socket or a terminal is waited for within the call's limits. While
    an object's own `write` blocks, nothing can end the call: it returns when `write` does.
    """

    def write(self, data: bytes, /) -> object:
        """Writes bytes, and returns their number as an int, or None for all of them."""


FileSource: TypeAlias = str | PathLike[str] | bytes | bytearray | memoryview | Readable
FileTarget: TypeAlias = str | PathLike[str] | Writable
Progress: TypeAlias = Callable[[int, int | None], object]


class AsyncReadable(Protocol):
    """An object that is read with `await`, such as a file of `aiofiles` or an asyncio stream."""

    async def read(self, size: int, /) -> bytes | bytearray:
        """Returns at most `size` bytes, and no bytes at the end."""


class AsyncWritable(Protocol):
    """An object that is written to with `await`, such as a file of `aiofiles`.

    It may have a `flush` to await, which is called at the end.
    """

    async def write(self, data: bytes, /) -> object:
        """Writes bytes, and returns their number as an int, or None for all of them."""


class AsyncDraining(Protocol):
    """The writer of an asyncio stream."""

    def write(self, data: bytes, /) -> object: ...
    async def drain(self) -> object: ...


AsyncFileSource: TypeAlias = FileSource | AsyncReadable | AsyncIterable[bytes]
AsyncFileTarget: TypeAlias = (
    FileTarget | AsyncWritable | AsyncDraining | Callable[[bytes], Awaitable[object]]
)
AsyncProgress: TypeAlias = Callable[[int, int | None], object | Awaitable[object]]
