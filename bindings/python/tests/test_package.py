"""The package itself: its example, its texts, its version, what importing it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import penbox
from conftest import ROOT, Sandbox

PACKAGE = ROOT / "bindings/python"
QUICKSTART = PACKAGE / "examples/quickstart.py"


def python(*arguments: str, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX")}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", *arguments],
        env=clean | environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_the_quickstart(sandbox: Sandbox) -> None:
    environment = {"PENBOX_API_TOKEN": sandbox.token, "PENBOX_BASE_URL": sandbox.url}
    lines = python(str(QUICKSTART), **environment).splitlines()
    created = lines[0].removeprefix("created ")
    assert lines[1:] == [f"open: {created} pending"]
    with penbox.Client(sandbox.token, base_url=sandbox.url) as client:
        assert [form.id for form in client.forms.list()] == [created]


def test_the_readme_shows_the_quickstart() -> None:
    assert f"```python\n{QUICKSTART.read_text()}```" in (PACKAGE / "README.md").read_text()


@pytest.mark.parametrize("name", ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt"])
def test_licenses_are_those_of_the_project(name: str) -> None:
    assert not (PACKAGE / name).is_symlink()
    assert (PACKAGE / name).read_text() == (ROOT / name).read_text()


def test_the_version_is_the_projects() -> None:
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]
    assert penbox.__version__ == workspace["package"]["version"]


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys; {}; print(*sys.modules)"
    bare = python("-c", code.format("pass")).split()
    loaded = python("-c", code.format("import penbox")).split()
    extra = {name for name in loaded if name not in bare and not name.startswith("penbox")}
    # encodings.ascii is needed to load any extension module; the rest is the interpreter's own.
    own = {"atexit", "gc", "_interpreters", "_xxsubinterpreters"}
    assert extra <= {"__future__", "encodings.ascii", *own}
    assert "penbox.params" not in loaded


def test_types_ship() -> None:
    folder = Path(penbox.__file__).parent
    assert (folder / "py.typed").exists()
    assert (folder / "_native.pyi").exists()
