"""Builds the library, the folder to link against, and programs."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Iterator

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "tests/c"
INCLUDE = ROOT / "include"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "c-tests"

STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
SONAME = "libpenbox.so.0"

# The tools, and the Debian packages that have them.
PACKAGES = {
    "cargo": "rustup",
    "gcc": "gcc",
    "g++": "g++",
    "valgrind": "valgrind",
    "nm": "binutils",
    "readelf": "binutils",
    "pkg-config": "pkg-config",
    "cmake": "cmake",
    "make": "make",
    "clang-format": "clang-format",
    "openssl": "openssl",
}


class Failed(Exception):
    """A step did not work; the text says which and why."""


def need(tool: str) -> str:
    """The tool's path, or the failure that names its package."""
    path = shutil.which(tool)
    if path is None:
        raise Failed(f"{tool} is missing: install the Debian package {PACKAGES.get(tool, tool)}")
    return path


def call(command: list, **options) -> str:
    """Runs a command to its end and gives its output."""
    words = [str(word) for word in command]
    if "/" not in words[0]:
        need(words[0])
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False, **options)
    if done.returncode != 0:
        raise Failed(f"failed: {' '.join(words)}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def cargo(*words: str) -> None:
    """Runs cargo in the workspace; what it does is shown."""
    need("cargo")
    done = subprocess.run(["cargo", *words], cwd=ROOT, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise Failed(f"failed: cargo {' '.join(words)}")


def library(name: str, *features: str) -> Path:
    """Builds the library into a folder of its own that has the links of an installed one."""
    cargo("build", "-q", "-p", "penbox-ffi", *(["--features", ",".join(features)] if features else []))
    folder = WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("libpenbox.so", "libpenbox.a"):
        fresh = folder / f"{file}.new"
        shutil.copy2(TARGET / "debug" / file, fresh)
        # A program that still runs keeps the old file.
        fresh.rename(folder / (SONAME if file.endswith(".so") else file))
    link = folder / "libpenbox.so"
    link.unlink(missing_ok=True)
    link.symlink_to(SONAME)
    return folder


def empty_folder() -> None:
    """Makes the folder in which programs write their files, or empties it."""
    shutil.rmtree(WORK / "moved", ignore_errors=True)
    (WORK / "moved").mkdir(parents=True)


def write(path: Path, text: str) -> None:
    """Writes a file, unless it is as it should be: a compiler may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


class Compilers:
    """Compiles programs on all cores, each once, and may begin before a test needs one."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(os.cpu_count())
        self.lock = Lock()
        self.begun: dict[tuple, Future[str]] = {}
        self.waits = True

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Inside, a program is begun and not waited for."""
        self.waits = False
        try:
            yield
        finally:
            self.waits = True

    def run(self, command: list) -> None:
        key = tuple(map(str, command))
        with self.lock:
            if key not in self.begun:
                self.begun[key] = self.pool.submit(call, command)
        if self.waits:
            self.begun[key].result()


COMPILERS = Compilers()


def program(source: Path, out: Path, lib: Path, *flags: str) -> Path:
    """Compiles a program, as strictly as can be, and links it with the library of a folder."""
    cpp = source.suffix == ".cpp"
    out.parent.mkdir(parents=True, exist_ok=True)
    COMPILERS.run(
        [
            "g++" if cpp else "gcc",
            "-std=c++17" if cpp else "-std=c99",
            *STRICT,
            "-g",
            "-O1",
            f"-I{INCLUDE}",
            f"-I{HERE}",
            source,
            "-o",
            out,
            f"-L{lib}",
            "-lpenbox",
            f"-Wl,-rpath,{lib}",
            *flags,
        ]
    )
    return out


def testee(out: str, lib: Path | None = None) -> Path:
    """Builds the testee of tests/conformance, with a library just built unless one is given."""
    source = ROOT / "tests/conformance/testees/testee.c"
    return program(source, Path(out).absolute(), lib or library("lib"), "-pthread")
