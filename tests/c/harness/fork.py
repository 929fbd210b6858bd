"""Processes that fork with a client, over http and over https. There they are told nothing of certificates: the system trusts the server."""

import os
import re
from pathlib import Path
from typing import Callable, Iterator

from . import build
from .secure import Secure


def tests(suite, lib: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order. A child has what its parent's other threads were about, and never frees it: to valgrind it is lost."""
    program = build.WORK / "bin" / "fork-c"
    yield "fork.c: compiles", lambda: build.program(build.HERE / "fork.c", program, lib, "-pthread")
    for scheme in ("http", "https"):
        yield f"fork.c {scheme}: runs", lambda scheme=scheme: _run(suite, program, scheme)


def _run(suite, program: Path, scheme: str) -> None:
    suite.sandbox.reset()
    command = [program, os.environ.get("PENBOX_TEST_FORKS", "20")]
    with Secure(suite.sandbox.url) as secure:
        url, more = (None, {}) if scheme == "http" else (secure.url, {"PENBOX_TEST_CA_FILE": secure.authority})
        code, out, error = suite.end(suite.start(command, url=url, more=more))
    assert code == 0, f"it ended with {code}: {out}{error}"
    assert re.search(r"^\d+ checks, 0 failures$", out, re.M), out
    assert error == "", f"standard error: {error}"
