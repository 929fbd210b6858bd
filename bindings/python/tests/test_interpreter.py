"""A subinterpreter is refused with a word of what to do, and the process ends well."""

from __future__ import annotations

import subprocess
import sys

import pytest

# The module's name before Python 3.13, and since.
START = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
{before}
interpreter = interpreters.create()
said = interpreters.run_string(interpreter, {tried!r})
{after}
print("end")
"""
TRIED = """
try:
    import {name}
except ImportError as error:
    print(error)
else:
    print("imported")
"""


@pytest.mark.parametrize("name", ["penbox", "penbox._native", "penbox.models"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("", "interpreters.destroy(interpreter)"),
        ("import penbox", ""),
        ("", "import penbox; penbox.Client('pnbx_of-a-test-0123456789').close()"),
    ],
)
def test_a_subinterpreter_is_refused(name: str, before: str, after: str) -> None:
    code = START.format(before=before, tried=TRIED.format(name=name), after=after)
    # Unbuffered: each interpreter has a buffer of its own, and the main one's would come first.
    done = subprocess.run(
        [sys.executable, "-u", "-c", code], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    refused, end = done.stdout.splitlines()
    assert "cannot be used in a subinterpreter" in refused
    assert "threads or processes" in refused
    assert end == "end"
