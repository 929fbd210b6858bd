"""What files are read from and written to, for type checkers: not imported at run time."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Protocol, TypeAlias


class Readable(Protocol):
    """A binary file, or what can be read like one."""

    def read(self, size: int, /) -> bytes | bytearray:
        """Gives at most `size` bytes, and none at the end."""


class Writable(Protocol):
    """A binary file, or what can be written to like one."""

    def write(self, data: bytes, /) -> object:
        """Takes bytes, and tells how many as an int, or None for all."""


FileSource: TypeAlias = str | PathLike[str] | bytes | bytearray | memoryview | Readable
FileTarget: TypeAlias = str | PathLike[str] | Writable
Progress: TypeAlias = Callable[[int, int | None], object]
