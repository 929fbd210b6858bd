"""The example that receives webhooks, in C and C++, against deliveries of the sandbox."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from . import build, webhooks

NAME = "receive_webhook"


def tests(suite, source: Path, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests of one language, in their order."""
    program = build.WORK / "bin" / f"example-{source.name.replace('.', '-')}"
    yield f"{source.name}: compiles", lambda: build.program(source, program, lib)
    for how, prefix in (("runs", []), ("valgrind", valgrind)):
        yield f"{source.name}: {how}", lambda: _receives(suite, [*prefix, program])
    yield f"{source.name}: keys are away", lambda: _keys_are_away(suite, [program])
    yield f"{source.name}: what goes wrong", lambda: _fails(suite, [program])


@contextmanager
def _started(suite, command: list, expected: str) -> Iterator[tuple[Popen, str]]:
    """A receiver that trusts the sandbox, and its address; in the end it has printed nothing more, and said this."""
    process = suite.start([*command, webhooks.issuer(suite.sandbox)])
    try:
        yield process, process.stdout.readline().strip()
        process.terminate()
        code, out, error = suite.end(process, 60)
        assert (code, out) == (0, ""), f"it ended with {code}: {out}{error}"
        said = [line.partition(" (webhook, ")[0] for line in error.splitlines()]
        assert [expected in line for line in said] == [True] * (expected != ""), error
    finally:
        process.kill()


def _statuses(sandbox, delivery: int) -> list[int]:
    """The statuses with which a delivery was answered, once it is over."""
    deadline = time.monotonic() + 60
    while True:
        (found,) = (each for each in sandbox.steer("GET", "webhooks/deliveries")["deliveries"] if each["id"] == delivery)
        if found["state"] != "pending":
            return [attempt["status"] for attempt in found["attempts"]]
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def _receives(suite, command: list) -> None:
    sandbox = suite.sandbox
    sandbox.reset()
    sandbox.steer("PUT", "webhooks", {"attempts": 1})
    with _started(suite, command, "expired") as (process, url):
        form = webhooks.complete(sandbox, url)
        assert process.stdout.readline() == f"{form}: completed\n"
        assert _statuses(sandbox, 1) == [204]
        # The same bytes again, as a thief would send them, and a token that has ended.
        for how, status in (({}, 204), ({"fresh": True, "tamper": "expired"}, 401)):
            replay = sandbox.steer("POST", "webhooks/deliveries/1/replay", how)
            assert _statuses(sandbox, replay["id"]) == [status], how


def _keys_are_away(suite, command: list) -> None:
    sandbox = suite.sandbox
    sandbox.reset()
    # No two requests for keys are sent within a second.
    sandbox.steer("PUT", "webhooks", {"key_set": "error", "backoff_ms": 1500})
    with _started(suite, command, "the keys of the issuer could not be read") as (process, url):
        form = webhooks.complete(sandbox, url)
        deadline = time.monotonic() + 60
        while not sandbox.steer("GET", "webhooks/deliveries")["deliveries"][0]["attempts"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        sandbox.steer("PUT", "webhooks", {"key_set": "served"})
        assert process.stdout.readline() == f"{form}: completed\n"
        assert _statuses(sandbox, 1) == [503, 204]


def _fails(suite, command: list) -> None:
    code, out, error = suite.end(suite.start([*command, "https://connect.penbox.io/", "/hooks"]))
    assert code == 1 and out == "" and "does not begin with https://" in error, f"it ended with {code}: {out}{error}"
