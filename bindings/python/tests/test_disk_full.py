"""A disk that takes no more: an error, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import penbox
from conftest import Sandbox

SIZE = 600_000
LIMITED = """
import resource, sys
import penbox

token, url, id, place, overwrite = sys.argv[1:]
# No file may grow beyond this: one write is short, the next one fails.
# Python ignores the signal that would end it.
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
with penbox.Client(token, base_url=url) as client:
    try:
        client.attachments.download(id, to=place, overwrite=bool(overwrite))
    except penbox.FileError as error:
        print(error.outcome, error.retryable, error)
"""


def limited(sandbox: Sandbox, place: Path, *, overwrite: bool) -> str:
    """What a process says that may write little and downloads much."""
    made = sandbox.control("POST", "attachments", {"size": SIZE})
    words = [sandbox.token, sandbox.url, made["id"], str(place), "yes" if overwrite else ""]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_nothing_is_left_in_a_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    said = limited(sandbox, tmp_path, overwrite=False)
    assert said.startswith("done False ")
    assert "File too large" in said
    assert list(tmp_path.iterdir()) == []


def test_the_old_file_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.write_text("old")
    assert limited(sandbox, place, overwrite=True).startswith("done False ")
    assert place.read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_object_says_why(client: penbox.Client, sandbox: Sandbox) -> None:
    made = sandbox.control("POST", "attachments", {"size": SIZE})
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115
    with full, pytest.raises(OSError, match="No space left"):
        client.attachments.download(made["id"], to=full)
