"""A client that is forked: parent and child each get their own answers, whatever the other does.

Over https the client is told nothing of certificates, and each child meets TLS cold.
PENBOX_TEST_FORKS is the number of forks, 20 unless set.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from raw import Request, Server, answer
from system_store import SystemStore

FORKS = os.environ.get("PENBOX_TEST_FORKS", "20")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as tests/faults")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SystemStore:
    return SystemStore(tmp_path_factory.mktemp("store"))


def respond(request: Request) -> bytes:
    return answer({"id": request.path.rsplit("/", 1)[1]})


def forks_well(way: str, scheme: str, store: SystemStore) -> None:
    """Runs one way of forking.py to its end, against a server of this process."""
    server = Server(respond, context=store.context() if scheme == "https" else None)
    try:
        program = Path(__file__).with_name("forking.py")
        done = subprocess.run(
            [sys.executable, "-B", program, way, server.url, FORKS],
            env=store.environment(),
            capture_output=True,
            text=True,
            timeout=100 + int(FORKS),
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert server.requests
    finally:
        server.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_fork_after_a_call(scheme: str, store: SystemStore) -> None:
    forks_well("after_a_call", scheme, store)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_fork_amid_calls(scheme: str, store: SystemStore) -> None:
    forks_well("amid_calls", scheme, store)


def test_a_fork_amid_the_first_https_call(store: SystemStore) -> None:
    forks_well("amid_the_first_call", "https", store)
