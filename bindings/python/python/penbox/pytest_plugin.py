"""Fixtures of pytest for programs that use penbox. In `conftest.py`:

    pytest_plugins = ["penbox.pytest_plugin"]

`penbox_sandbox` is a sandbox as it began, and `penbox_client` a client of it. One process of the
sandbox serves a whole run: each test finds it reset.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from penbox import Client
from penbox.testing import Sandbox

__all__ = ["penbox_client", "penbox_sandbox"]


@pytest.fixture(scope="session")
def _penbox_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def penbox_sandbox(_penbox_sandbox: Sandbox) -> Sandbox:
    """A sandbox without anything that another test made."""
    _penbox_sandbox.reset()
    return _penbox_sandbox


@pytest.fixture
def penbox_client(penbox_sandbox: Sandbox) -> Iterator[Client]:
    """A client of the sandbox, closed after the test."""
    with penbox_sandbox.client() as client:
        yield client
