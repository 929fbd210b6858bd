"""What the tests need of a machine: programs, their least versions, and the line that brings what is missing.

It runs on any Python 3, so that an old one is named and not met as a syntax error.
"""

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# By the command that shows it: the Debian package.
PACKAGES = {
    "gcc": "gcc",
    "g++": "g++",
    "valgrind": "valgrind",
    "pkg-config": "pkg-config",
    "cmake": "cmake",
    "make": "make",
    "clang-format": "clang-format",
    "readelf": "binutils",
    "git": "git",
    "openssl": "openssl",
}
RUSTUP = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
NODE = "curl -fsSL https://deb.nodesource.com/setup_20.x | sudo bash - && sudo apt-get install -y nodejs"
PYTHON = "sudo apt-get install -y python3 python3-venv"
# The first with -std=c++20, which tests/c compiles with, and with -std=c2x.
GCC = (10,)
# engines in bindings/node/package.json, requires-python in bindings/python/pyproject.toml.
NODE_LEAST = (20,)
PYTHON_LEAST = (3, 11)


def rust_least():
    """The least version of Rust, from the workspace's manifest."""
    return version(re.search(r'^rust-version = "(.*)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M).group(1))


def version(text):
    """The first version in a text, as numbers; None where there is none."""
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found.group().split(".")) if found else None


def shown(numbers):
    return ".".join(str(number) for number in numbers)


def packages():
    """The Debian packages that are missing."""
    # One that was installed in between is seen.
    importlib.invalidate_caches()
    missing = {package for tool, package in PACKAGES.items() if not shutil.which(tool)}
    # Debian's python3 has the module venv, but not what it puts into an environment.
    if importlib.util.find_spec("ensurepip") is None:
        missing.add("python3-venv")
    return sorted(missing)


def installs():
    """Whether packages can be installed without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _asked(*command, quiet=False):
    """What a program says of its version; None where there is no such program, or it fails. What it says on stderr is shown: a
    toolchain that rustup fetches takes a minute."""
    try:
        done = subprocess.run(
            command, cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if quiet else None, check=False
        )
    except OSError:
        return None
    said = done.stdout.decode("utf-8", "replace").strip()
    return said if done.returncode == 0 else None


def _tool(command, least, name, remedy):
    """What is wrong with a program, in a sentence; nothing if it is there and new enough."""
    if not shutil.which(command[0]):
        return [f"{command[0]} is missing, {name} {shown(least)} or later is needed: {remedy}"]
    said = _asked(*command)
    found = version(said or "")
    if found is None:
        return [f"{' '.join(command)} fails, {name} {shown(least)} or later is needed: {remedy}"]
    if found < least:
        return [f"{command[0]} is {shown(found)}, {name} {shown(least)} or later is needed: {remedy}"]
    return []


def _part(command, name, remedy):
    """A part of Rust or Node that a distribution may leave out."""
    return [] if _asked(*command, quiet=True) else [f"{name} is missing: {remedy}"]


def faults(packages_too=True):
    """All that this machine lacks, a sentence each; `packages_too`: Debian packages are part of it."""
    wrong = []
    missing = packages() if packages_too else []
    if missing:
        wrong.append(f"Debian packages are missing: sudo apt-get install -y {' '.join(missing)}")
    rust = _tool(("cargo", "--version"), rust_least(), "Rust", RUSTUP)
    rust = rust or _tool(("rustc", "--version"), rust_least(), "Rust", RUSTUP)
    if not rust:
        rust += _part(("cargo", "fmt", "--version"), "rustfmt", "rustup component add rustfmt")
        rust += _part(("cargo", "clippy", "--version"), "clippy", "rustup component add clippy")
    wrong += rust
    node = _tool(("node", "--version"), NODE_LEAST, "Node", NODE)
    wrong += node or _tool(("npm", "--version"), (9,), "npm", NODE)
    if sys.version_info < PYTHON_LEAST:
        wrong.append(f"python3 is {shown(sys.version_info[:3])}, Python {shown(PYTHON_LEAST)} or later is needed: {PYTHON}")
    for compiler in ("gcc", "g++"):
        # A missing one is among the packages.
        if shutil.which(compiler):
            wrong += _tool((compiler, "-dumpfullversion"), GCC, compiler, f"sudo apt-get install -y {compiler}")
    return wrong
