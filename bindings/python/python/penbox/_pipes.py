"""File objects over pipes, sockets and devices: the system says when they are ready.

So a call need not wait in their code, where none of its limits could end the wait.
"""

from __future__ import annotations

import io
import os
import select
import socket
import stat
from typing import Any


def raw_of(file: Any, buffered: type[Any]) -> Any:
    """The raw file under a file object whose descriptor may have to be waited for, or None.

    Only classes of `io` themselves: a subclass may hold bytes for which no descriptor speaks.
    """
    raw = file.raw if type(file) is buffered else file
    if type(raw) not in (io.FileIO, socket.SocketIO) or not hasattr(select, "poll"):
        return None
    try:
        mode = os.fstat(raw.fileno()).st_mode
    except (OSError, ValueError):
        # Closed, or without a descriptor: its own read or write says so.
        return None
    waits = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)
    return raw if waits else None


class Waiting:
    """The descriptor of a file object, and what it is waited for."""

    def __init__(self, raw: Any, event: int) -> None:
        self._poll = select.poll()
        self._poll.register(raw.fileno(), event)

    def ready(self, milliseconds: int) -> bool:
        """Waits, at most for so long, until the descriptor is ready, at its end or broken.

        Runs the handlers of signals.
        """
        return bool(self._poll.poll(milliseconds))


class Source:
    """A file object that is read without waiting in its code."""

    def __init__(self, file: Any, raw: Any) -> None:
        self._file, self._raw = file, raw
        self._waiting = Waiting(raw, select.POLLIN)
        self._held: bytes | None = None

    def ready(self, milliseconds: int) -> bool:
        """Waits, at most for so long, until a read would not block."""
        if self._held is None:
            self._held = self._buffered()
        return bool(self._held) or self._waiting.ready(milliseconds)

    def read(self, size: int) -> bytes | None:
        """The next bytes, none at the end; None if there are none yet after all."""
        if self._held:
            # These are in the buffer, and reading them asks for no others.
            chunk = self._file.read1(min(size, len(self._held)))
            self._held = self._held[len(chunk) :]
            return bytes(chunk)
        # The buffer is empty by now, so nothing is passed over. `read1` would not tell "nothing
        # yet" from the end.
        read: bytes | None = self._raw.read(size)
        return read

    def _buffered(self) -> bytes:
        """The bytes that the file object has read ahead and the caller has not taken."""
        if self._file is self._raw:
            return b""
        # `peek` fills an empty buffer, which could block. A raw file that has nothing yet leaves
        # the buffer as it is.
        self._raw.readinto = lambda buffer: None
        try:
            return bytes(self._file.peek())
        finally:
            del self._raw.readinto


class Target:
    """A file object that is written to without waiting in its code."""

    def __init__(self, file: Any, raw: Any) -> None:
        self._file, self._raw = file, raw
        self._waiting = Waiting(raw, select.POLLOUT)

    def ready(self, milliseconds: int) -> bool:
        """Waits, at most for so long, until it takes bytes. A pipe takes 4,096 then."""
        return self._waiting.ready(milliseconds)

    def write(self, chunk: bytes) -> int | None:
        """Writes some bytes. Returns how many it took; None if none after all."""
        if self._file is not self._raw:
            # First what the caller has written. The buffer stays empty from here on.
            self._file.flush()
        written: int | None = self._raw.write(chunk)
        return written


def source(file: Any) -> Source | None:
    """The source of a file object; None for one that blocks in its own code, or never."""
    raw = raw_of(file, io.BufferedReader)
    return None if raw is None else Source(file, raw)


def target(file: Any) -> Target | None:
    """The target of a file object; None for one that blocks in its own code, or never."""
    raw = raw_of(file, io.BufferedWriter)
    return None if raw is None else Target(file, raw)
