"""Run by test_exit.py: ends while eight daemon threads are in calls.

Ends on a line of its standard input, and says on standard output that its main thread is over.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any

import penbox
from raw import TOKEN

url, kind = sys.argv[1:]
client = penbox.Client(TOKEN, base_url=url)


class Slow(io.BytesIO):
    """A file whose every piece takes Python a moment."""

    def read(self, size: int | None = -1) -> bytes:
        time.sleep(0.005)
        return super().read(size and min(size, 4096))

    def write(self, data: Any) -> int:
        time.sleep(0.005)
        return super().write(data)


def wait(*_: object) -> None:
    time.sleep(0.005)


class Lingering:
    """Makes the end of the interpreter long: while it sleeps the other threads want to go on."""

    def __del__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        sleep(0.3)


def walk() -> None:
    for _ in client.forms.list().prefetch():
        # The next page is on its way by now: it is not asked for.
        threading.Event().wait()


def fail() -> None:
    with contextlib.suppress(penbox.NotFoundError):
        client.forms.get("missing")


CALLS: dict[str, Callable[[], object]] = {
    "answer": lambda: client.forms.get("answer"),
    "rest": lambda: client.forms.get("rest"),
    "prefetch": walk,
    "answered": lambda: client.forms.get("fine"),
    "failing": fail,
    "progress": lambda: client.attachments.download("fine", on_progress=wait),
    "upload": lambda: client.attachments.upload(Slow(bytes(100_000)), name="x"),
    "download": lambda: client.attachments.download("long", to=Slow()),
}


def keeps_calling() -> None:
    while True:
        CALLS[kind]()


if kind not in ("answer", "rest", "prefetch"):
    # A module that outlives this one, whose variables the threads keep.
    late = types.ModuleType("late")
    late.lingering = Lingering()  # type: ignore[attr-defined]
    sys.modules["late"] = late
    del late
for _ in range(8):
    threading.Thread(target=keeps_calling, daemon=True).start()
sys.stdin.readline()
os.write(1, b"ends\n")
