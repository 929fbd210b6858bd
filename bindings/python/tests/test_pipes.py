"""Pipes, sockets and devices that stall: the call's limits end it, and no byte is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, serving, silence

CREATED = answer({"id": "a"}, status=201)
LIMIT = 0.3
# The promise is 250 ms. A machine that runs other tests may need more, and a call that is not ended
# needs far more.
SOON = 2.0


def file_of(request: Request) -> bytes:
    """The file's bytes within a request."""
    return b"".join(request.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--penbox-", 1)[0:1])


class Ends:
    """Both ends of what a test stalls: `mine` is the test's own descriptor."""

    def __init__(self, file: Any, mine: int, stack: ExitStack) -> None:
        self.file, self.mine = file, mine
        stack.callback(file.close)

    def give(self, data: bytes) -> None:
        os.write(self.mine, data)

    def end(self) -> None:
        if os.isatty(self.mine):
            # Its close would take what was not read yet along.
            self.give(b"\x04")
            return
        os.close(self.mine)
        self.mine = -1


def pipe_of(stack: ExitStack, path: Path, buffering: int = -1) -> Ends:
    reading, writing = os.pipe()
    return Ends(os.fdopen(reading, "rb", buffering), writing, stack)


def fifo_of(stack: ExitStack, path: Path) -> Ends:
    os.mkfifo(path)
    # Open for both it waits for nobody, and keeps the pipe open.
    mine = os.open(path, os.O_RDWR)
    return Ends(path.open("rb"), mine, stack)


def socket_of(stack: ExitStack, path: Path) -> Ends:
    one, other = socket.socketpair()
    stack.callback(one.close)
    return Ends(one.makefile("rb"), other.detach(), stack)


def terminal_of(stack: ExitStack, path: Path) -> Ends:
    mine, theirs = os.openpty()
    return Ends(os.fdopen(theirs, "rb"), mine, stack)


def process_of(stack: ExitStack, path: Path) -> Ends:
    cat = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert cat.stdin is not None
    stack.callback(cat.wait)
    mine = os.dup(cat.stdin.fileno())
    cat.stdin.close()
    return Ends(cat.stdout, mine, stack)


SOURCES: dict[str, Callable[[ExitStack, Path], Ends]] = {
    "pipe": pipe_of,
    "raw pipe": lambda stack, path: pipe_of(stack, path, 0),
    "fifo": fifo_of,
    "socket": socket_of,
    "terminal": terminal_of,
    "process": process_of,
}


@pytest.fixture(params=SOURCES)
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ends]:
    with ExitStack() as stack:
        made = SOURCES[request.param](stack, tmp_path / "pipe")
        yield made
        if made.mine >= 0:
            os.close(made.mine)


def end_by(way: str, client: penbox.Client, token: penbox.CancelToken) -> threading.Thread:
    """Ends the call after a while, on another thread."""

    def end() -> None:
        time.sleep(LIMIT)
        if way == "cancel":
            token.cancel()
        elif way == "close":
            client.close()

    thread = threading.Thread(target=end)
    thread.start()
    return thread


ERRORS: dict[str, type[penbox.PenboxError]] = {
    "timeout": penbox.APITimeoutError,
    "cancel": penbox.CancelledError,
    "close": penbox.ClosedError,
}


@pytest.mark.parametrize("way", ERRORS)
@pytest.mark.parametrize("begun", [False, True])
def test_a_stalled_source_ends_with_its_call(ends: Ends, way: str, begun: bool) -> None:
    if begun:
        ends.give(b"a few\n")
    token = penbox.CancelToken()
    options: dict[str, Any] = {"timeout": LIMIT} if way == "timeout" else {}
    server_of = serving if begun else silence
    with server_of() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        started = time.monotonic()
        thread = end_by(way, client, token)
        with pytest.raises(ERRORS[way]) as caught:
            client.attachments.upload(ends.file, name="x", cancel=token, **options)
        took = time.monotonic() - started - LIMIT
        thread.join()
    error = caught.value
    assert took < SOON
    # Before the first byte nothing is sent.
    assert error.outcome == ("unknown" if begun else "not_sent")
    if way == "timeout":
        assert error.phase == "send"
    if not begun:
        # Nothing was read either: the next call sends all of it.
        ends.give(b"all of it\n")
        with serving(CREATED) as server, penbox.Client(TOKEN, base_url=server.url) as client:
            ends.end()
            client.attachments.upload(ends.file, name="x")
            assert file_of(server.requests[0]).strip() == b"all of it"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("way", ERRORS)
def test_a_path_of_a_pipe_without_a_writer_ends_with_its_call(tmp_path: Path, way: str) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    token = penbox.CancelToken()
    options: dict[str, Any] = {"timeout": LIMIT} if way == "timeout" else {}
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        started = time.monotonic()
        thread = end_by(way, client, token)
        with pytest.raises(ERRORS[way]) as caught:
            client.attachments.upload(path, cancel=token, **options)
        assert time.monotonic() - started - LIMIT < SOON
        thread.join()
        assert caught.value.outcome == "not_sent"


@pytest.mark.parametrize("kind", ["pipe", "socket"])
@pytest.mark.parametrize("ahead", [1, 5, 300_000])
def test_what_the_caller_has_in_the_buffer_is_sent_first(
    tmp_path: Path, kind: str, ahead: int
) -> None:
    content = os.urandom(300_001)
    with (
        ExitStack() as stack,
        serving(CREATED) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        ends = SOURCES[kind](stack, tmp_path)
        gate = threading.Event()

        def give() -> None:
            given = 0
            while given < len(content):
                # All but the first bytes come once the upload has begun.
                if given:
                    gate.wait(0.2)
                given += os.write(ends.mine, content[given : given + 100_000])
            os.close(ends.mine)

        thread = threading.Thread(target=give)
        thread.start()
        before = ends.file.read(ahead)
        peeked = ends.file.peek()
        client.attachments.upload(ends.file, name="x")
        thread.join()
        assert peeked
        assert before + file_of(server.requests[0]) == content
        assert "readinto" not in vars(ends.file.raw)


def test_bytes_of_the_buffer_alone_need_no_descriptor(tmp_path: Path) -> None:
    with ExitStack() as stack, serving() as server:
        ends = pipe_of(stack, tmp_path)
        ends.give(b"held back")
        assert ends.file.peek() == b"held back"
        seen: list[int] = []
        with (
            penbox.Client(TOKEN, base_url=server.url) as client,
            pytest.raises(penbox.APITimeoutError) as caught,
        ):
            client.attachments.upload(
                ends.file,
                name="x",
                timeout=LIMIT,
                on_progress=lambda moved, total: seen.append(moved),
            )
        # They were sent, though the pipe gave nothing.
        assert seen == [len(b"held back")]
        assert caught.value.outcome == "unknown"
        os.close(ends.mine)


def test_a_pause_longer_than_the_read_timeout_is_the_callers_own(tmp_path: Path) -> None:
    with (
        ExitStack() as stack,
        serving(CREATED) as server,
        penbox.Client(TOKEN, base_url=server.url, read_timeout=1) as client,
    ):
        ends = pipe_of(stack, tmp_path)

        def give() -> None:
            for part in (b"one", b"two"):
                ends.give(part)
                time.sleep(1.4)
            os.close(ends.mine)

        thread = threading.Thread(target=give)
        thread.start()
        client.attachments.upload(ends.file, name="x")
        thread.join()
        assert file_of(server.requests[0]) == b"onetwo"


def test_an_interrupt_ends_the_wait_for_a_pipe() -> None:
    script = """
import os, penbox, signal, sys
# A shell's background job ignores the signal, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
reading, writing = os.pipe()
print("ready", flush=True)
try:
    client = penbox.Client("pnbx_x", base_url="http://127.0.0.1:9/v1")
    client.attachments.upload(os.fdopen(reading, "rb"), name="x")
except KeyboardInterrupt:
    print("interrupted")
"""
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(LIMIT)
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=20)[0] == "interrupted\n"


@pytest.mark.parametrize("buffering", [-1, 0])
@pytest.mark.parametrize("way", ERRORS)
def test_a_stalled_target_ends_with_its_call(way: str, buffering: int) -> None:
    token = penbox.CancelToken()
    options: dict[str, Any] = {"timeout": LIMIT} if way == "timeout" else {}
    file = answer(text="x" * (1 << 20), headers={"Content-Type": "application/pdf"})
    reading, writing = os.pipe()
    with closing(Server(lambda request: file)) as server:
        client = penbox.Client(TOKEN, base_url=server.url)
        target = os.fdopen(writing, "wb", buffering)
        started = time.monotonic()
        thread = end_by(way, client, token)
        with pytest.raises(ERRORS[way]) as caught:
            client.attachments.download("a", to=target, cancel=token, **options)
        assert time.monotonic() - started - LIMIT < SOON
        thread.join()
        assert caught.value.outcome == "done"
        if way == "timeout":
            assert caught.value.phase == "body"
        client.close()
        # No byte is left in the buffer, for which the close would wait.
        target.close()
        os.close(reading)


@pytest.mark.parametrize("buffering", [-1, 0])
def test_a_pipe_gets_the_whole_file_after_what_the_caller_wrote(buffering: int) -> None:
    content = "".join(chr(97 + index % 26) for index in range(1 << 20))
    file = answer(text=content, headers={"Content-Type": "application/pdf"})
    reading, writing = os.pipe()
    got: list[bytes] = []

    def take() -> None:
        with os.fdopen(reading, "rb") as pipe:
            got.append(pipe.read())

    thread = threading.Thread(target=take)
    thread.start()
    with serving(file) as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with os.fdopen(writing, "wb", buffering) as target:
            target.write(b"before ")
            found = client.attachments.download("a", to=target)
            target.write(b" after")
        thread.join()
    assert found.size == len(content)
    assert got == [b"before " + content.encode() + b" after"]
