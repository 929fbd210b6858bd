"""Files of any size move in constant memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import weakref
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import penbox
from conftest import Sandbox

SIZE = int(os.environ.get("PENBOX_TEST_FILE_MIB", "256")) << 20
MOST = 8 << 20

CHILD = """
import json, os, sys, time
import penbox

size, place, big = int(sys.argv[1]), sys.argv[2], sys.argv[3]

def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024

def up(client, path, by):
    if by == "path":
        return client.attachments.upload(path, name="x").metadata.size
    with open(path, "rb") as file:
        return client.attachments.upload(file, name="x", on_progress=print_nothing).metadata.size

def down(client, id, by):
    if by == "path":
        file = client.attachments.download(id, to=os.path.join(place, "down"), overwrite=True)
        os.unlink(file.path)
        return file.size
    with open(os.devnull, "wb") as sink:
        return client.attachments.download(id, to=sink, on_progress=print_nothing).size

def print_nothing(sent, total):
    pass

small, large = os.path.join(place, "small"), os.path.join(place, "large")
for path, length in ((small, 100_000), (large, size)):
    with open(path, "wb") as file:
        file.truncate(length)
with penbox.Client() as client:
    tiny = client.attachments.upload(small, name="x").id
    for by in ("path", "file"):
        up(client, small, by)
        down(client, tiny, by)
    grown = {}
    for by in ("path", "file"):
        for name, move, what in (("up", up, large), ("down", down, big)):
            before, started = peak(), time.monotonic()
            assert move(client, what, by) == size
            grown[f"{name} {by}"] = peak() - before, time.monotonic() - started
print(json.dumps(grown))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_file_takes_no_memory(sandbox: Sandbox, tmp_path: Path) -> None:
    big = sandbox.control("POST", "attachments", {"size": SIZE})["id"]
    environment = {"PENBOX_API_TOKEN": sandbox.token, "PENBOX_BASE_URL": sandbox.url}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(SIZE), tmp_path, big],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    grown = json.loads(done.stdout)
    for way, (growth, seconds) in grown.items():
        print(f"{way}: {SIZE >> 20} MiB, grown by {growth // 1024} kB in {seconds:.1f} s")
    assert set(grown) == {"up path", "down path", "up file", "down file"}
    assert all(growth < MOST for growth, _ in grown.values()), grown


INTO_MEMORY = """
import json, resource, sys
import penbox

id, size, limited = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "limited"

def read(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1]) * 1024

with penbox.Client() as client:
    client.attachments.download(sys.argv[4])
    if limited:
        # Room for the file once, and not for Python's copy of it.
        room = read("VmSize") + size + size // 2
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
    before = read("VmHWM")
    try:
        file = client.attachments.download(id)
    except penbox.InternalError as error:
        cause = type(error.__cause__).__name__
        print(json.dumps([error.kind, error.reason, error.outcome, cause]))
    else:
        assert len(file.content) == size
        print(read("VmHWM") - before)
"""


def _into_memory(sandbox: Sandbox, size: int, limited: str) -> Any:
    id, small = (
        sandbox.control("POST", "attachments", {"size": size})["id"] for size in (size, 1000)
    )
    environment = {
        "PENBOX_API_TOKEN": sandbox.token,
        "PENBOX_BASE_URL": sandbox.url,
        # Each arena of the allocator would take 64 MB of the address space.
        "MALLOC_ARENA_MAX": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", INTO_MEMORY, id, str(size), limited, small],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_file_in_memory_is_there_twice_at_most(sandbox: Sandbox) -> None:
    size = min(SIZE, 200 << 20)
    growth = _into_memory(sandbox, size, "free")
    print(f"memory: {size >> 20} MiB, grown by {growth // 1024} kB")
    assert growth < 2 * size + MOST


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_copy_that_finds_no_memory_is_an_error(sandbox: Sandbox) -> None:
    ended = _into_memory(sandbox, 128 << 20, "limited")
    assert ended == ["internal", "resource", "done", "MemoryError"]


class File(BytesIO):
    """A file that tells when it goes."""


class Progress:
    """A callback that tells when it goes."""

    def __call__(self, sent: int, total: int | None) -> bool:
        return sent < 100_000


@pytest.mark.parametrize("size", [50_000, 500_000], ids=["whole", "cancelled"])
def test_nothing_of_the_callers_is_kept(client: penbox.Client, sandbox: Sandbox, size: int) -> None:
    id = sandbox.control("POST", "attachments", {"size": size})["id"]
    for upload in (True, False):
        file, progress = File(b"x" * size if upload else b""), Progress()
        ends: list[weakref.ref[Any]] = [weakref.ref(file), weakref.ref(progress)]
        try:
            if upload:
                client.attachments.upload(file, name="x", on_progress=progress)
            else:
                client.attachments.download(id, to=file, on_progress=progress)
        except penbox.CancelledError:
            assert size > 100_000
        del file, progress
        assert [end() for end in ends] == [None, None]
    content = b"y" * size
    before = sys.getrefcount(content)
    client.attachments.upload(content, name="x")
    assert sys.getrefcount(content) == before
