"""One client for long, and for very many at once: measured in a process of its own.

PENBOX_TEST_REQUESTS is the number of requests, 10,000 unless set, PENBOX_TEST_CLIENTS that of
clients made and closed, and of errors, 1,000 unless set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Sandbox

REQUESTS = int(os.environ.get("PENBOX_TEST_REQUESTS", "10000"))
CLIENTS = int(os.environ.get("PENBOX_TEST_CLIENTS", "1000"))
MOST_KB = 2048
CALLERS = 1_000
CALLERS_MOST_KB = 150 * 1024

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


Told = Callable[[str], None]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Prints a figure that is to be seen of a test that passes, too."""

    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", flush=True)

    return tell


def run(program: str, *arguments: object, given: str = "") -> Any:
    done = subprocess.run(
        [sys.executable, "-B", Path(__file__).with_name(program), *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.timeout(3600)
def test_a_long_life_leaves_nothing_behind(sandbox: Sandbox, told: Told) -> None:
    sandbox.control("POST", "cases", {"count": 30})
    started = time.monotonic()
    found = run("soaking.py", sandbox.url, sandbox.token, REQUESTS, CLIENTS)
    took = time.monotonic() - started
    for what, count in {"requests": REQUESTS, "clients": CLIENTS, "errors": CLIENTS}.items():
        grown = found["grown"][what]
        told(f"soak python: {count} of {count} {what}, grown by {grown} kB after the first tenth")
        assert grown <= MOST_KB, what
    assert found["after"] == found["before"]
    told(f"soak python: {took:.0f} s in all")


@pytest.mark.timeout(600)
def test_a_thousand_callers_at_once_each_get_their_own(sandbox: Sandbox, told: Told) -> None:
    ids = sandbox.control("POST", "forms", {"count": CALLERS})["ids"]
    found = run("calling.py", sandbox.url, sandbox.token, given=json.dumps(ids))
    right, peak = found["right"], found["peak"]
    told(
        f"callers python: {right} of {3 * CALLERS} answers right from {CALLERS} at once,"
        f" peak {peak} kB, {found['before']} kB of it before"
    )
    assert right == 3 * CALLERS
    assert peak <= CALLERS_MOST_KB
