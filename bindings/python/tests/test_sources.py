"""What becomes of an upload's source when the call fails, and what one at its end is worth."""

from __future__ import annotations

import io
import mmap
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, serving, silence

CONTENT = b"the whole file"
CREATED = answer({"id": "a"}, status=201)


def file_of(request: Request) -> bytes:
    """The file's bytes within a request."""
    return request.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--penbox-", 1)[0]


class Proxy:
    """A file object as frameworks wrap them: neither of `io`, nor does its seek say where it is."""

    def __init__(self, content: bytes) -> None:
        self.inner = io.BytesIO(content)

    def read(self, size: int) -> bytes:
        return self.inner.read(size)

    def tell(self) -> int:
        return self.inner.tell()

    def close(self) -> None:
        self.inner.close()

    def seek(self, offset: int, whence: int = 0) -> None:
        self.inner.seek(offset, whence)


def mapped(path: Path) -> Any:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def spooled(path: Path) -> Any:
    file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 closed with the test's last reference
    file.write(path.read_bytes())
    file.seek(0)
    return file


SEEKABLE: list[Callable[[Path], Any]] = [
    lambda path: path.open("rb"),
    lambda path: path.open("rb", buffering=0),
    lambda path: io.BytesIO(path.read_bytes()),
    lambda path: Proxy(path.read_bytes()),
    mapped,
    spooled,
]


@pytest.fixture(params=SEEKABLE)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Everything that can be brought back; it stands behind the first four bytes."""
    path = tmp_path / "x.bin"
    path.write_bytes(b"skip" + CONTENT)
    file = request.param(path)
    file.seek(4)
    with closing(file):
        yield file


@pytest.mark.parametrize("status", [400, 401, 404, 413, 429, 500, 503])
def test_a_source_can_be_given_again(source: Any, status: int) -> None:
    with (
        serving(answer({"message": "no"}, status=status), CREATED) as server,
        penbox.Client(TOKEN, base_url=server.url, max_attempts=1) as client,
    ):
        with pytest.raises(penbox.APIStatusError) as caught:
            client.attachments.upload(source, name="x.bin")
        assert caught.value.retryable is (status == 429)
        assert source.tell() == 4
        client.attachments.upload(source, name="x.bin")
        assert [file_of(request) for request in server.requests] == [CONTENT, CONTENT]
        assert source.tell() == 4 + len(CONTENT)


def test_each_attempt_sends_the_whole_source(source: Any) -> None:
    limited = answer({}, status=429, headers={"Retry-After": "0"})
    with (
        serving(limited, limited, CREATED) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.attachments.upload(source, name="x.bin")
        assert [file_of(request) for request in server.requests] == [CONTENT] * 3


def test_a_source_is_given_back_however_the_call_ends(source: Any) -> None:
    def stop(moved: int, total: int | None) -> bool:
        return False

    def fail(moved: int, total: int | None) -> bool:
        raise KeyError("mine")

    def respond(request: Request) -> bytes:
        # Hangs up, at once or in the end.
        if b"scope" not in request.body:
            over.wait(20)
        return b""

    over = threading.Event()
    server = Server(respond)
    try:
        client = penbox.Client(TOKEN, base_url=server.url, max_attempts=1)
        calls: list[tuple[type[Exception], dict[str, Any]]] = [
            (penbox.CancelledError, {"on_progress": stop}),
            (KeyError, {"on_progress": fail}),
            (penbox.APITimeoutError, {"timeout": 0.3}),
            (penbox.APIConnectionError, {"scope": "public"}),
            (penbox.InvalidArgumentError, {"type": "a\r\nb"}),
        ]
        for error, arguments in calls:
            with pytest.raises(error):
                client.attachments.upload(source, name="x.bin", **arguments)
            assert source.tell() == 4, error
        client.close()
        with pytest.raises(penbox.ClosedError):
            client.attachments.upload(source, name="x.bin")
        assert source.tell() == 4
    finally:
        over.set()
        server.close()


def test_a_source_at_its_end_is_refused(source: Any) -> None:
    source.seek(0, 2)
    end = source.tell()
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match="stands at its end") as caught:
            client.attachments.upload(source, name="x.bin")
        assert caught.value.outcome == "not_sent"
        assert caught.value.operation == "attachments.upload"
        assert "seek(0)" in (caught.value.hint or "")
        assert source.tell() == end


def test_an_empty_source_is_a_file_of_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"")
    with path.open("rb") as file:
        sources: list[Any] = [path, b"", io.BytesIO(), file, Proxy(b"")]
        for source in sources:
            with (
                serving(CREATED) as server,
                penbox.Client(TOKEN, base_url=server.url) as client,
            ):
                client.attachments.upload(source, name="x.bin")
                assert file_of(server.requests[0]) == b""


def test_a_source_that_cannot_seek_is_not_retryable() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(CONTENT)
    limited = answer({}, status=429, headers={"Retry-After": "0"})
    with (
        os.fdopen(reading, "rb") as pipe,
        closing(Server(lambda request: limited)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        with pytest.raises(penbox.RateLimitError) as caught:
            client.attachments.upload(pipe, name="x.bin")
        assert (caught.value.retryable, caught.value.attempts) == (False, 1)
        assert "open it anew" in (caught.value.hint or "")
        # Its rest would be sent as if it were the whole.
        with pytest.raises(penbox.InvalidArgumentError, match="open it anew"):
            client.attachments.upload(pipe, name="x.bin")
        assert len(server.requests) == 1


def test_a_source_that_only_reads_is_not_retryable() -> None:
    class Parts:
        def __init__(self) -> None:
            self.parts = [CONTENT, b""]

        def read(self, size: int) -> bytes:
            return self.parts.pop(0)

    with (
        closing(Server(lambda request: answer({}, status=429))) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        with pytest.raises(penbox.RateLimitError) as caught:
            client.attachments.upload(Parts(), name="x.bin")
        assert (caught.value.retryable, caught.value.attempts) == (False, 1)
