"""Calls while a thread or the process ends, over http and https: they work, and nothing is said on standard error."""

import re
from pathlib import Path
from typing import Callable, Iterator

from . import build
from .secure import Secure

SOURCES = {"at_exit.c": ("-pthread",), "at_exit.cpp": ("-pthread",)}

SUPPRESSIONS = f"--suppressions={build.HERE / 'harness/at_end.supp'}"
# To valgrind what the assembler of ring's SHA-256 writes was never written.
WITH_TLS = "--undef-value-errors=no"


def tests(suite, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order: a program is compiled by the first of its own."""
    for source, flags in SOURCES.items():
        program = build.WORK / "bin" / source.replace(".", "-")
        yield f"{source}: compiles", lambda: build.program(build.HERE / source, program, lib, *flags)
        for scheme, more in (("http", ()), ("https", (WITH_TLS,))):
            checked = [*valgrind, SUPPRESSIONS, *more, program]
            yield f"{source} {scheme}: runs", lambda: _run(suite, [program], scheme, untrusted=True)
            yield f"{source} {scheme}: valgrind", lambda: _run(suite, checked, scheme, untrusted=scheme == "https")


def _run(suite, command: list, scheme: str, untrusted: bool) -> None:
    suite.sandbox.reset()
    suite.sandbox.steer("POST", "forms", {"count": 250})
    with Secure(suite.sandbox.url) as secure:
        url, more = (None, {}) if scheme == "http" else (secure.url, {"SSL_CERT_FILE": secure.authority})
        if untrusted:
            more["PENBOX_TEST_UNTRUSTED"] = secure.url
        code, out, error = suite.end(suite.start(command, url=url, more=more))
    assert code == 0, f"it ended with {code}: {out}{error}"
    assert re.search(r"^\d+ checks, 0 failures$", out, re.M), out
    assert error == "", f"standard error: {error}"
