"""What type checkers say: of the package, of right uses and of wrong ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=HERE.parent, capture_output=True, text=True
    )
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


@pytest.mark.parametrize("name", ["uses.py", "misuses.py"])
def test_uses(name: str) -> None:
    assert not run("mypy", "--strict", str(HERE / "typed" / name))


def test_the_package() -> None:
    assert not run("mypy", "python/penbox")


def test_the_tests() -> None:
    assert not run("mypy", "tests")


def test_the_examples() -> None:
    assert not run("mypy", "examples")


def test_stubs_agree_with_the_module() -> None:
    # Of a decorated coroutine function it sees the type alone, not that it is one.
    assert not run("mypy.stubtest", "penbox", "--allowlist", str(HERE / "typed/stubtest.txt"))


def test_style() -> None:
    assert not run("ruff", "check", ".")
    assert not run("ruff", "format", "--check", ".")
