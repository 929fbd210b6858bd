"""Files: up and down, in constant memory, with progress, and with the caller's own exceptions."""

from __future__ import annotations

import gzip
import hashlib
import io
import mmap
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import penbox
from conftest import Sandbox
from raw import TOKEN, Request, Server, answer, serving

CONTENT = bytes(n % 251 for n in range(300_000))


class Broken(Exception):
    """An exception of the caller's own."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    path.write_bytes(CONTENT)
    return path


def opened(place: Path) -> Iterator[tuple[str, Any]]:
    """Everything a file can be uploaded from, and the name it has of its own."""
    yield "scan.pdf", str(place)
    yield "scan.pdf", place
    yield "", CONTENT
    yield "", bytearray(CONTENT)
    yield "", memoryview(CONTENT)
    yield "", io.BytesIO(CONTENT)
    with place.open("rb") as file:
        yield "scan.pdf", file
    with place.open("rb", buffering=0) as raw:
        yield "scan.pdf", raw
    with place.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield "", mapped
    with tempfile.NamedTemporaryFile() as temporary:
        temporary.write(CONTENT)
        temporary.seek(0)
        yield Path(temporary.name).name, temporary
    with gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(CONTENT))) as unpacked:
        yield "", unpacked


def test_every_source_arrives_whole(client: penbox.Client, place: Path) -> None:
    count = 0
    for name, source in opened(place):
        made = client.attachments.upload(
            source, name=None if name else "x.pdf", type="application/pdf", scope="restricted"
        )
        assert (made.name, made.type, made.scope) == (
            name or "x.pdf", "application/pdf", "restricted",
        )  # fmt: skip
        assert made.metadata is not None
        assert made.metadata.size == len(CONTENT)
        read = client.attachments.download(made.id)
        assert read.content == CONTENT
        assert read.sha256 == hashlib.sha256(CONTENT).hexdigest()
        count += 1
    assert count == 11


def test_a_pipe_is_sent_without_a_length(client: penbox.Client) -> None:
    reading, writing = os.pipe()
    told: list[tuple[int, int | None]] = []

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(CONTENT)

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reading, "rb") as pipe:
        made = client.attachments.upload(
            pipe, name="p.bin", on_progress=lambda *moved: told.append(moved)
        )
    thread.join()
    assert client.attachments.download(made.id).content == CONTENT
    assert told[-1] == (len(CONTENT), None)


def test_a_file_object_is_sent_from_where_it_stands(client: penbox.Client) -> None:
    file = io.BytesIO(b"header" + CONTENT)
    file.seek(6)
    made = client.attachments.upload(file, name="x")
    assert client.attachments.download(made.id).content == CONTENT


def test_what_an_upload_says(place: Path) -> None:
    with (
        serving(answer({"id": "a"}, status=201)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.attachments.upload(place, name='a"b.pdf', extra_query={"q": 1})
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/attachments")
    assert ("q", "1") in request.query
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert int(request.headers["content-length"]) == len(request.body)
    assert CONTENT in request.body
    assert b'name="file"' in request.body


class Failing(io.RawIOBase):
    """A file that fails after a while, and remembers nothing."""

    def __init__(self, after: int, fault: Any) -> None:
        self.left, self.fault = after, fault

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> Any:
        self.left -= 1
        if self.left < 0:
            raise self.fault
        return b"x" * size

    def write(self, data: Any) -> int:
        self.left -= 1
        if self.left < 0:
            raise self.fault
        return len(data)


@pytest.mark.parametrize("fault", [Broken("mine"), OSError(5, "disk"), KeyboardInterrupt()])
def test_what_a_file_object_raises_comes_out_as_it_is(
    client: penbox.Client, sandbox: Sandbox, fault: BaseException
) -> None:
    with pytest.raises(type(fault)) as caught:
        client.attachments.upload(Failing(3, fault), name="x")
    assert caught.value is fault
    made = sandbox.control("POST", "attachments", {"size": 1_000_000})
    with pytest.raises(type(fault)) as caught:
        client.attachments.download(made["id"], to=Failing(1, fault))
    assert caught.value is fault
    assert client.attachments.download(made["id"]).size == 1_000_000


@pytest.mark.parametrize("given", ["text", None, 3])
def test_a_file_object_that_reads_no_bytes(client: penbox.Client, given: Any) -> None:
    class Odd:
        def read(self, size: int) -> Any:
            return given

    with pytest.raises(penbox.FileError, match="file object"):
        client.attachments.upload(Odd(), name="x")


@pytest.mark.parametrize(
    ("answered", "fine"), [(None, True), (10**9, False), (-1, False), ("", False)]
)
def test_how_much_a_file_object_says_it_took(sandbox: Sandbox, answered: Any, fine: bool) -> None:
    taken = bytearray()

    class Odd:
        def write(self, data: bytes) -> Any:
            taken.extend(data)
            return answered

    made = sandbox.control("POST", "attachments", {"size": 200_000})
    with penbox.Client(sandbox.token, base_url=sandbox.url) as client:
        if fine:
            file = client.attachments.download(made["id"], to=Odd())
            assert file.sha256 == hashlib.sha256(taken).hexdigest()
            assert (file.path, file.content, file.size) == (None, None, 200_000)
        else:
            with pytest.raises(penbox.FileError, match="did not take"):
                client.attachments.download(made["id"], to=Odd())


def test_a_file_object_that_takes_little_gets_all(client: penbox.Client, sandbox: Sandbox) -> None:
    taken = bytearray()

    class Small:
        def write(self, data: bytes) -> int:
            taken.extend(data[:1000])
            return min(len(data), 1000)

    made = sandbox.control("POST", "attachments", {"size": 300_000})
    client.attachments.download(made["id"], to=Small())
    assert taken == CONTENT


def test_progress_is_told_and_can_cancel(client: penbox.Client, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    made = client.attachments.upload(
        CONTENT, name="x", on_progress=lambda *moved: told.append(moved)
    )
    assert told == sorted(told)
    assert told[-1] == (len(CONTENT), len(CONTENT))
    told.clear()
    client.attachments.download(made.id, on_progress=lambda *moved: told.append(moved))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    with pytest.raises(penbox.CancelledError) as caught:
        client.attachments.upload(CONTENT, name="x", on_progress=lambda *_: False)
    assert caught.value.outcome == "unknown"
    with pytest.raises(penbox.CancelledError):
        client.attachments.download(
            made.id, to=tmp_path / "new", on_progress=lambda sent, total: sent < 1
        )
    assert list(tmp_path.iterdir()) == []


def test_what_a_callback_raises_comes_out_as_it_is(client: penbox.Client, tmp_path: Path) -> None:
    fault = Broken("mine")

    def fail(sent: int, total: int | None) -> None:
        raise fault

    made = client.attachments.upload(CONTENT, name="x")
    calls: list[Callable[[], Any]] = [
        lambda: client.attachments.upload(CONTENT, name="x", on_progress=fail),
        lambda: client.attachments.download(made.id, on_progress=fail),
        lambda: client.attachments.download(made.id, to=tmp_path / "new", on_progress=fail),
    ]
    for call in calls:
        with pytest.raises(Broken) as caught:
            call()
        assert caught.value is fault
    assert list(tmp_path.iterdir()) == []


def test_a_download_goes_where_it_is_told(client: penbox.Client, tmp_path: Path) -> None:
    made = client.attachments.upload(CONTENT, name="dossier été.pdf")
    file = client.attachments.download(made.id, to=tmp_path / "a.pdf")
    assert (file.path, file.content) == (tmp_path / "a.pdf", None)
    assert isinstance(file.path, Path)
    assert file.path.read_bytes() == CONTENT
    assert (file.name, file.size) == ("dossier été.pdf", len(CONTENT))
    assert file.content_type == "application/pdf"
    with pytest.raises(penbox.FileError) as caught:
        client.attachments.download(made.id, to=str(tmp_path / "a.pdf"))
    assert caught.value.reason == "exists"
    (tmp_path / "a.pdf").write_bytes(b"old")
    client.attachments.download(made.id, to=tmp_path / "a.pdf", overwrite=True)
    assert (tmp_path / "a.pdf").read_bytes() == CONTENT
    assert client.attachments.download(made.id, to=tmp_path).path == tmp_path / "dossier été.pdf"
    with (tmp_path / "w").open("wb") as target:
        assert client.attachments.download(made.id, to=target).path is None
    assert (tmp_path / "w").read_bytes() == CONTENT


def test_a_file_that_is_cut_short_does_not_appear(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"
    server = Server(lambda request: cut)

    def close(request: Request) -> bytes:
        server._sockets[-1].sendall(cut)
        return b""

    server.respond = close
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            with pytest.raises(penbox.APIError) as caught:
                client.attachments.download("a", to=tmp_path / "new")
            assert caught.value.operation == "attachments.download"
    finally:
        server.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there(client: penbox.Client, tmp_path: Path) -> None:
    with pytest.raises(penbox.NotFoundError):
        client.attachments.download("00000000-0000-4000-8000-000000000000", to=tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_is_refused_says_why(sandbox: Sandbox) -> None:
    other = "pnbx_wrong"
    with penbox.Client(other, base_url=sandbox.url) as client:
        with pytest.raises(penbox.AuthenticationError) as caught:
            client.attachments.upload(io.BytesIO(CONTENT), name="x")
        assert caught.value.operation == "attachments.upload"


def test_every_kind_of_download(client: penbox.Client, sandbox: Sandbox) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"}, user={"email": "a@example.com"})
    done = sandbox.control(
        "POST", f"forms/{form.id}/complete", {"signature": {"key": "contract", "name": "Contract"}}
    )
    pdf = client.responses.download_pdf(done["response_id"])
    assert pdf.content is not None
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content_type == "application/pdf"
    signed = io.BytesIO()
    client.signatures.download(done["signature_id"], to=signed)
    assert signed.getvalue().startswith(b"%PDF-")
    ids = [client.attachments.upload(pdf.content, name=f"{n}.pdf").id for n in range(2)]
    merged = client.attachments.download_merged(ids=ids, filename="all")
    assert merged.content is not None
    assert merged.content.startswith(b"%PDF-")
    assert merged.name == "all.pdf"


def test_ids_and_accept_on_the_wire() -> None:
    body = answer(text="%PDF-", headers={"Content-Type": "application/pdf"})
    with (
        serving(body, body, body, body) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.attachments.download("a")
        client.attachments.download_merged(ids=["a", "b"], filename="x")
        client.responses.download_pdf("r")
        client.signatures.download("s")
        sent = [(request.path, request.headers["accept"]) for request in server.requests]
        assert sent[0] == ("/v1/attachments/a", "application/octet-stream")
        assert sent[1][0] == "/v1/attachments"
        assert sent[2] == ("/v1/responses/r", "application/pdf")
        assert sent[3][0] == "/v1/signatures/s"
        assert server.requests[1].query == [("ids", "a,b"), ("filename", "x")]
        assert all(r.headers["accept-encoding"] == "identity" for r in server.requests)


def test_a_file_shows_and_keeps_itself() -> None:
    file = penbox.File(size=1, sha256="00", content=b"secret", name="john.pdf", content_type="a/b")
    assert repr(file) == "<penbox.File in memory, 1 bytes, a/b>"
    assert "john" not in repr(file)
    assert pickle.loads(pickle.dumps(file)) == file
    assert file != penbox.File(size=1, sha256="00")
    assert file != 3
    assert "at 'x'" in repr(penbox.File(size=1, sha256="00", path=Path("x")))
    assert "written" in repr(penbox.File(size=1, sha256="00"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_path_may_hold_any_bytes(client: penbox.Client, tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"caf\xe9.txt")
    place.write_bytes(b"x")
    made = client.attachments.upload(place)
    assert made.name == "caf\ufffd.txt"
    file = client.attachments.download(made.id, to=place, overwrite=True)
    assert file.path == place


@pytest.mark.parametrize("moves", ["up", "down"])
def test_other_threads_go_on_while_a_file_moves(moves: str) -> None:
    asked, went_on = threading.Event(), threading.Event()

    def respond(_: Request) -> bytes:
        asked.set()
        assert went_on.wait(20)
        return answer({"id": "a"}) if moves == "up" else answer(text="bytes")

    def other() -> None:
        if asked.wait(20):
            went_on.set()

    server = Server(respond)
    thread = threading.Thread(target=other)
    thread.start()
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            if moves == "up":
                assert client.attachments.upload(io.BytesIO(CONTENT), name="x").id == "a"
            else:
                assert client.attachments.download("a").content == b"bytes"
    finally:
        thread.join()
        server.close()


def test_many_threads_move_files_at_once(client: penbox.Client) -> None:
    def move(thread: int) -> bool:
        content = bytes([thread]) * 200_000
        made = client.attachments.upload(io.BytesIO(content), name="x", on_progress=lambda *_: None)
        sink = io.BytesIO()
        client.attachments.download(made.id, to=sink, on_progress=lambda *_: None)
        return sink.getvalue() == content

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(move, range(32)))
