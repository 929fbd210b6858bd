"""Run by test_interrupt.py: calls that signals interrupt.

Prints, for each kind of call, how long it went on after each signal.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import penbox
from raw import TOKEN

url, hole, tries = sys.argv[1], sys.argv[2], int(sys.argv[3])
# A shell that starts this in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
client = penbox.Client(TOKEN, base_url=url)
stuck = penbox.Client(TOKEN, base_url=hole, connect_timeout=60, timeout=60)
# Of its own: a limit holds back every call of a client.
limited = penbox.Client(TOKEN, base_url=url)
token = penbox.CancelToken()


class Alarmed(Exception):
    """What a handler of the program's own raises."""


def alarm(_number: int, _frame: FrameType | None) -> None:
    raise Alarmed


def release(_number: int, _frame: FrameType | None) -> None:
    # A call inside a handler, which runs inside a call.
    assert client.forms.get("release").id == "release"


signal.signal(signal.SIGALRM, alarm)
signal.signal(signal.SIGUSR1, release)


def interrupted(call: Callable[[], object], number: int, raised: type[BaseException]) -> float:
    """How long the call goes on after a signal that comes in its midst."""
    sent = 0.0

    def send() -> None:
        nonlocal sent
        sent = time.monotonic()
        os.kill(os.getpid(), number)

    timer = threading.Timer(0.15, send)
    timer.start()
    try:
        call()
    except raised:
        took = time.monotonic() - sent
    else:
        raise AssertionError("it was not interrupted")
    finally:
        timer.join()
    return took


def walk() -> list[penbox.Form]:
    return client.forms.list().collect()


def walk_ahead() -> list[penbox.Form]:
    return client.forms.list().prefetch().collect()


CALLS: dict[str, Callable[[], object]] = {
    "connect": lambda: stuck.forms.create(flow={"slug": "x"}),
    "answer": lambda: client.forms.get("answer"),
    "token": lambda: client.forms.get("answer", cancel=token),
    "rest": lambda: limited.forms.get("rest"),
    "body": lambda: client.forms.get("body"),
    "download": lambda: client.attachments.download("body"),
    "page": walk,
    "ahead": walk_ahead,
}
for name, call in CALLS.items():
    ends = [interrupted(call, signal.SIGINT, KeyboardInterrupt) for _ in range(tries)]
    assert client.forms.get("fine").id == "fine"
    print(name, *ends, flush=True)
assert not token.cancelled

ends = [interrupted(CALLS["answer"], signal.SIGALRM, Alarmed) for _ in range(tries)]
print("own", *ends, flush=True)

# A handler that raises nothing lets the call go on.
timer = threading.Timer(0.15, os.kill, (os.getpid(), signal.SIGUSR1))
timer.start()
assert client.forms.get("held").id == "held"
timer.join()

# A call on another thread is not interrupted.
found: list[str] = []
thread = threading.Thread(target=lambda: found.append(client.forms.get("held").id))
thread.start()
interrupted(lambda: time.sleep(60), signal.SIGINT, KeyboardInterrupt)
assert thread.is_alive()
assert client.forms.get("release").id == "release"
thread.join()
assert found == ["held"]
for each in (client, stuck, limited):
    each.close()
print("over", flush=True)
