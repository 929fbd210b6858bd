"""Builds the package by maturin, where there is a Rust to build it with.

Alone maturin fetches a toolchain of its own where cargo is missing, and fails with pages of a
traceback where that is not to be had or where cargo is too old. Here one sentence says what to do.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# maturin warns that pip will not use it where the backend has another name; here it does.
os.environ.setdefault("MATURIN_NO_MISSING_BUILD_BACKEND_WARNING", "1")
INSTALL = "install it from https://rustup.rs, open a new shell and try again"


def _needed() -> tuple[int, ...]:
    """The least version of Rust, which the workspace's manifest names."""
    for folder in Path(__file__).resolve().parents:
        manifest = folder / "Cargo.toml"
        text = manifest.read_text(encoding="utf-8") if manifest.is_file() else ""
        if found := re.search(r'^rust-version = "([\d.]+)"$', text, re.M):
            return _version(found[1])
    return (0,)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _fault() -> str | None:
    """The reason why the package cannot be built, in a sentence; None if there is none."""
    least = ".".join(str(part) for part in _needed())
    needs = f"penbox is built from source and needs Rust {least} or later, and"
    try:
        said = subprocess.run(["cargo", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return f"{needs} there is no cargo: {INSTALL}."
    found = re.search(r"^cargo ([\d.]+)", said.stdout)
    if said.returncode != 0 or found is None:
        return f"{needs} cargo fails: {said.stderr.strip()}"
    if _version(found[1]) < _needed():
        return f"{needs} cargo is {found[1]}: {INSTALL}."
    return None


def _need_rust() -> None:
    fault = _fault()
    if fault is not None:
        # No exception: pip would show where it came from, and that is of no use to anybody.
        print(fault, file=sys.stderr)
        sys.exit(1)


def get_requires_for_build_wheel(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    """The first that is asked before a wheel is built."""
    _need_rust()
    return []


def get_requires_for_build_editable(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    """The first that is asked before an editable installation."""
    _need_rust()
    return []


def get_requires_for_build_sdist(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    """The first that is asked before a source distribution is made: cargo lists its files."""
    _need_rust()
    return []


def __getattr__(name: str) -> Any:
    """All else is maturin's, which is there by the time it is asked for."""
    return getattr(importlib.import_module("maturin"), name)
