"""Types of sources and targets of files, for type checkers. Nothing imports them at run time."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Protocol, TypeAlias


class Readable(Protocol):
    """A binary file, or an object that can be read like one."""

    def read(self, size: int, /) -> bytes | bytearray:
        """Returns at most `size` bytes, and no bytes at the end."""


class Writable(Protocol):
    """A binary file, or an object that can be written to like one."""

    def write(self, data: bytes, /) -> object:
        """Writes bytes, and returns their number as an int, or None for all of them."""


FileSource: TypeAlias = str | PathLike[str] | bytes | bytearray | memoryview | Readable
FileTarget: TypeAlias = str | PathLike[str] | Writable
Progress: TypeAlias = Callable[[int, int | None], object]
