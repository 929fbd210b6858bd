"""One client for long, and for very many threads at once, natively and, with less of it, under valgrind."""

import os
import re
from pathlib import Path
from typing import Callable, Iterator

from . import build

REQUESTS = int(os.environ.get("PENBOX_TEST_REQUESTS", "20000"))
CLIENTS = int(os.environ.get("PENBOX_TEST_CLIENTS", "1000"))
CALLERS = 1000
# What fits into seconds, and into the threads that valgrind has.
CHECKED = [400, 40]
CHECKED_CALLERS = 50

MOST_KB = 1024
CALLERS_MOST_KB = 150 * 1024


def tests(suite, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order: the programs are compiled by the first of each."""
    yield "soak.c: compiles", lambda: _compile("soak", lib)
    yield f"soak.c: {REQUESTS} requests", lambda: _soak(suite)
    yield "soak.c: valgrind", lambda: _run(suite, [*valgrind, _program("soak"), *CHECKED])
    yield "callers.c: compiles", lambda: _compile("callers", lib)
    yield f"callers.c: {CALLERS} threads", lambda: _callers(suite)
    yield "callers.c: valgrind", lambda: _run(suite, [*valgrind, _program("callers"), CHECKED_CALLERS])


def _compile(name: str, lib: Path) -> None:
    build.program(build.HERE / f"{name}.c", _program(name), lib, "-pthread")


def _program(name: str) -> Path:
    return build.WORK / "bin" / f"{name}-c"


def _soak(suite) -> None:
    grown = re.findall(r"grown by (-?\d+) kB", _run(suite, [_program("soak"), REQUESTS, CLIENTS], shown=True))
    assert len(grown) == 3 and all(int(kb) <= MOST_KB for kb in grown), grown


def _callers(suite) -> None:
    peak = re.findall(r"peak (\d+) kB", _run(suite, [_program("callers"), CALLERS], shown=True))
    assert len(peak) == 1 and int(peak[0]) <= CALLERS_MOST_KB, peak


def _run(suite, command: list, shown: bool = False) -> str:
    suite.sandbox.reset()
    suite.sandbox.steer("POST", "cases", {"count": 30})
    output = suite.execute(command, timeout=3600)
    assert re.search(r"^\d+ checks, 0 failures$", output, re.M), output
    if shown:
        print("".join(f"        {line}\n" for line in output.splitlines() if " kB" in line), end="", flush=True)
    return output
