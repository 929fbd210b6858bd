"""Calls that a token ends: what becomes of a call when is in the tests of the core."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, page, silence

STALLED = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"


@contextmanager
def hanging(first: Callable[[Request], bytes | None]) -> Iterator[tuple[Server, threading.Event]]:
    """A server that hangs where `first` gives nothing, and the event that it does."""
    asked, released = threading.Event(), threading.Event()

    def respond(request: Request) -> bytes:
        given = first(request)
        if given is None:
            asked.set()
            assert released.wait(30)
            return b""
        return given

    server = Server(respond)
    try:
        yield server, asked
    finally:
        released.set()
        server.close()


@contextmanager
def cancelling(token: penbox.CancelToken, when: threading.Event) -> Iterator[None]:
    """Another thread that cancels; the call inside must say that it was cancelled."""

    def cancel() -> None:
        if when.wait(20):
            token.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_a_token_ends_a_call_and_no_other() -> None:
    token = penbox.CancelToken()
    assert (token.cancelled, repr(token)) == (False, "<penbox.CancelToken cancelled=False>")
    with (
        hanging(lambda request: answer({"id": "a"}) if request.method == "GET" else None) as (
            server,
            asked,
        ),
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        with cancelling(token, asked), pytest.raises(penbox.CancelledError) as caught:
            client.forms.create(flow={"slug": "x"}, cancel=token)
        error = caught.value
        assert (error.outcome, error.attempts, error.operation) == ("unknown", 1, "forms.create")
        assert (token.cancelled, repr(token)) == (True, "<penbox.CancelToken cancelled=True>")
        assert client.forms.get("a").id == "a"
        assert client.forms.get("a", cancel=penbox.CancelToken()).id == "a"


def test_the_token_of_a_client_with_options() -> None:
    token, other = penbox.CancelToken(), penbox.CancelToken()
    with (
        hanging(lambda request: answer({"id": "a"}) if request.method == "GET" else None) as (
            server,
            asked,
        ),
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        clone = client.with_options(cancel=token, timeout=20)
        with cancelling(token, asked), pytest.raises(penbox.CancelledError):
            clone.forms.create(flow={"slug": "x"})
        with pytest.raises(penbox.CancelledError):
            clone.with_options(timeout=10).forms.get("a")
        assert clone.forms.get("a", cancel=other).id == "a"


@pytest.mark.parametrize("ahead", [False, True])
def test_an_iteration_ends(ahead: bool) -> None:
    def first(request: Request) -> bytes | None:
        number = int(dict(request.query)["page[number]"])
        return page(["a"], number=1, pages=3) if number == 1 else None

    token = penbox.CancelToken()
    with (
        hanging(first) as (server, asked),
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        pager = client.forms.list(cancel=token)
        if ahead:
            pager.prefetch()
        assert next(pager).id == "a"
        with cancelling(token, asked), pytest.raises(penbox.CancelledError):
            next(pager)
        with pytest.raises(penbox.CancelledError):
            list(pager)
        with pytest.raises(penbox.CancelledError) as caught:
            pager.page(1)
        assert caught.value.outcome == "not_sent"
        assert len(server.requests) == 2


def test_a_rest_before_another_attempt_ends() -> None:
    limited = answer({"statusCode": 429, "message": "slow down", "retryAfter": 60}, status=429)
    token, asked = penbox.CancelToken(), threading.Event()

    def respond(_: Request) -> bytes:
        asked.set()
        return limited

    server = Server(respond)
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            with cancelling(token, asked), pytest.raises(penbox.CancelledError) as caught:
                client.forms.create(flow={"slug": "x"}, cancel=token)
    finally:
        server.close()
    # Ended while it rests, or while the 429 was still on its way.
    assert caught.value.outcome in ("not_sent", "unknown")
    assert len(server.requests) == 1


def test_an_upload_ends() -> None:
    token = penbox.CancelToken()
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        penbox.Client(TOKEN, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1") as client,
    ):

        def cancel() -> None:
            connection, _ = listener.accept()
            with connection:
                assert connection.recv(100).startswith(b"POST /v1/attachments")
                token.cancel()
                ended.wait(20)

        ended = threading.Event()
        thread = threading.Thread(target=cancel)
        thread.start()
        try:
            # More than the buffers between the two ends hold.
            with pytest.raises(penbox.CancelledError) as caught:
                client.attachments.upload(bytes(64 << 20), name="x.bin", cancel=token)
        finally:
            ended.set()
            thread.join()
    assert caught.value.outcome == "unknown"


def test_a_download_ends_and_leaves_nothing(tmp_path: Path) -> None:
    token, moved = penbox.CancelToken(), threading.Event()

    def progress(count: int, _: int | None) -> None:
        if count > 0:
            moved.set()

    server = Server(lambda _: STALLED)
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            with cancelling(token, moved), pytest.raises(penbox.CancelledError) as caught:
                client.attachments.download(
                    "a", to=tmp_path / "x", on_progress=progress, cancel=token
                )
    finally:
        server.close()
    assert caught.value.outcome == "done"
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_token_sends_nothing(tmp_path: Path) -> None:
    token = penbox.CancelToken()
    token.cancel()
    token.cancel()
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        calls: list[Callable[[], object]] = [
            lambda: client.forms.get("a", cancel=token),
            lambda: next(client.forms.list(cancel=token)),
            lambda: client.forms.list(cancel=token).total_count,
            lambda: client.attachments.upload(b"x", name="x", cancel=token),
            lambda: client.attachments.download("a", to=tmp_path / "x", cancel=token),
        ]
        for call in calls:
            with pytest.raises(penbox.CancelledError) as caught:
                call()
            assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 0)


@pytest.mark.parametrize("wrong", [True, 1, "token", threading.Event(), penbox.CancelToken])
def test_what_is_no_token_is_refused(wrong: Any) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        calls: list[Callable[[], object]] = [
            lambda: client.with_options(cancel=wrong),
            lambda: client.forms.get("a", cancel=wrong),
            lambda: client.forms.list(cancel=wrong),
        ]
        for call in calls:
            with pytest.raises(penbox.InvalidArgumentError, match="must be a CancelToken"):
                call()


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("kind", ["create", "upload", "download"])
def test_a_call_amid_a_handshake_sent_nothing(kind: str, proxied: bool, closes: bool) -> None:
    """Over https, with the system's certificates: to the server, and to a proxy before it."""
    file, token = io.BytesIO(b"hello"), penbox.CancelToken()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = "{}:{}".format(*listener.getsockname())
        settings: dict[str, Any] = (
            {"base_url": "https://penbox.invalid/v1", "proxy": f"http://{address}"}
            if proxied
            else {"base_url": f"https://{address}/v1"}
        )
        client = penbox.Client(TOKEN, **settings)
        call: Callable[[], object] = {
            "create": lambda: client.forms.create(flow={"slug": "x"}, cancel=token),
            "upload": lambda: client.attachments.upload(file, name="a.txt", cancel=token),
            "download": lambda: client.attachments.download("a", cancel=token),
        }[kind]
        accepted: list[socket.socket] = []

        def end() -> None:
            accepted.append(listener.accept()[0])
            (client.close if closes else token.cancel)()

        thread = threading.Thread(target=end)
        thread.start()
        with pytest.raises(penbox.ClosedError if closes else penbox.CancelledError) as caught:
            call()
        thread.join()
        assert (caught.value.outcome, caught.value.attempts, file.tell()) == ("not_sent", 1, 0)
        accepted[0].close()
        client.close()
