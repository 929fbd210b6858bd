"""The programs on hooks, alerts, the log, and downloads that break."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from . import build, http_side

GET = "GET /v1/forms/a"
FORM = (GET, 200, {"id": "a", "user": {"email": "john@example.com"}}, [])
BUSY = (GET, 503, {"message": "busy"}, [])
REFUSED = (GET, 401, {"message": "no"}, [])
OLD = (GET, 200, {"id": "a"}, [("Deprecation", "@1796083200"), ("Sunset", "Sun, 06 Jun 2027 00:00:00 GMT")])
DOWNLOAD = "GET /v1/attachments/a"
BROKEN = (DOWNLOAD, 200, ("hal", 6), [])
WHOLE = (DOWNLOAD, 200, "halves", [])
HUGE = (DOWNLOAD, 200, ("x", 2**39), [])
# The answers to each program, one after the other.
SCRIPTS = {
    "hooks.c": [BUSY, FORM, BUSY, FORM, *[FORM] * 3, *[REFUSED] * 6],
    "hooks.cpp": [BUSY, FORM, BUSY, FORM, *[REFUSED] * 6],
    "log.c": [FORM, FORM, FORM, FORM, FORM, OLD, OLD, FORM],
    "log.cpp": [FORM] * 4,
    "broken.cpp": [BROKEN, WHOLE, BROKEN, HUGE],
}


def tests(suite: object, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Names and bodies."""
    for source, script in SCRIPTS.items():
        program = build.WORK / "bin" / source.replace(".", "-")
        yield f"{source}: compiles", partial(build.program, build.HERE / source, program, lib)
        ways = [("runs", []), ("valgrind", valgrind)]
        if source == "broken.cpp":
            ways.pop()  # It has an operator new of its own, half of which valgrind replaces.
        for how, prefix in ways:
            yield f"{source}: {how}", partial(http_side.played, suite.execute, [*prefix, program], script)
