"""Fixtures: a clean environment, a sandbox for the run, clients."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import penbox

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("PENBOX_SANDBOX_BIN") or ROOT / "target/debug/penbox-sandbox")
"""The sandbox."""
SANDBOX_TOKEN = "pnbx_" + "1234567890abcdef" * 3


@dataclass
class Sandbox:
    """A local Penbox with state."""

    url: str
    token: str = SANDBOX_TOKEN

    def control(self, method: str, path: str, body: Any = None) -> Any:
        origin = self.url.removesuffix("/v1")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{origin}/_sandbox/{path}", data=data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PENBOX_API") or name in ("PENBOX_BASE_URL", "PENBOX_ENVIRONMENT"):
            monkeypatch.delenv(name)
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """The sandbox of the whole run. It ends when its standard input does."""
    process = subprocess.Popen(
        [PROGRAM, "--exit-on-stdin-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield Sandbox(process.stdout.readline().strip())
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The sandbox as it began."""
    running.control("POST", "reset")
    return running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[penbox.Client]:
    """A client of the sandbox."""
    with penbox.Client(sandbox.token, base_url=sandbox.url) as client:
        yield client
