"""A small HTTP server of the tests' own: it says what it is told to, and remembers requests."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "pnbx_" + "secret-of-the-python-tests"


@dataclass
class Request:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(
    body: Any = None, *, status: int = 200, headers: dict[str, str] | None = None, text: str = ""
) -> bytes:
    """An HTTP answer: `body` as JSON, or `text` as it is."""
    data = text.encode() if body is None else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(data)}"]
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


def page(ids: list[str], *, number: int = 1, pages: int = 1, total: int | None = None) -> bytes:
    """One page of a list."""
    meta = {"current_page": number, "total_pages": pages, "total_count": total, "page_size": 100}
    return answer({"data": [{"id": id} for id in ids], "meta": meta})


@dataclass
class Server:
    """Answers each request by `respond`; empty bytes close the connection.

    With a context it talks TLS.
    """

    respond: Callable[[Request], bytes]
    context: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        scheme = "http" if self.context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}/v1"
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.context is not None:
                # The handshake is that of the connection's own thread.
                connection = self.context.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            self.connections += 1
            self._sockets.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while request := _read(stream):
                self.requests.append(request)
                data = self.respond(request)
                if not data:
                    return
                try:
                    connection.sendall(data)
                except OSError:
                    return


def _read(stream: Any) -> Request | None:
    try:
        method, target, _ = stream.readline().decode().split(" ")
        headers: dict[str, str] = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
        if headers.get("transfer-encoding") == "chunked":
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
    except (OSError, ValueError):
        return None
    return Request(method, target, headers, body)


@contextmanager
def serving(*answers: bytes) -> Iterator[Server]:
    """A server that gives these answers in order, and fails the test if it is asked for more."""
    left = list(answers)
    missing: list[Request] = []

    def respond(request: Request) -> bytes:
        if left:
            return left.pop(0)
        missing.append(request)
        return b""

    server = Server(respond)
    try:
        yield server
    finally:
        server.close()
    assert not missing, f"unexpected requests: {missing}"
    assert not left, f"{len(left)} answers were not asked for"


@contextmanager
def silence() -> Iterator[Server]:
    """A server that must not even be connected to."""
    with serving() as server:
        yield server
        assert server.connections == 0, "something was sent"
