"""The source distribution is whole: it builds and installs where the repository is not."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

import penbox
from conftest import ROOT

MANIFEST = ROOT / "bindings/python/Cargo.toml"


@pytest.mark.package
@pytest.mark.timeout(1200)
def test_the_source_distribution_installs_elsewhere(tmp_path: Path) -> None:
    def run(*command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    maturin = Path(sys.executable).with_name("maturin")
    run(maturin, "sdist", "-m", MANIFEST, "-o", tmp_path)
    (archive,) = tmp_path.glob("penbox-*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    wanted = {"LICENSE-MIT", "LICENSE-APACHE", "README.md", "python/penbox/py.typed"}
    # pyproject.toml is at the top, and names the backend by its place from there.
    wanted |= {"backend/penbox_backend.py"}
    assert wanted <= names
    assert not [name for name in names if name.endswith((".so", ".pyc"))]

    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    run(python, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", archive)
    code = "import penbox; print(penbox.__version__); print(penbox.__file__)"
    version, place = run(python, "-c", code).splitlines()
    assert version == penbox.__version__
    assert Path(place).is_relative_to(tmp_path)
    hooks = "import penbox._native as native; print(hasattr(native, '_provoke_panic'))"
    assert run(python, "-c", hooks).strip() == "False"
