"""A server that keeps what it is sent and answers any file operation with a success."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from contract.exchange import Request

ATTACHMENT = json.dumps({"id": "550e8400-e29b-41d4-a716-446655440000"}).encode()


class Recorder(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    """Reads one request whole, whether its body has a length or comes in chunks."""

    protocol_version = "HTTP/1.1"
    server: Recorder

    def do_GET(self) -> None:
        self._keep(None)
        self._answer(200, self.headers["accept"], b"%PDF-1.4\n%%EOF\n")

    def do_POST(self) -> None:
        self._keep(self._body())
        self._answer(201, "application/json", ATTACHMENT)

    def log_message(self, *arguments: object) -> None:
        """Nothing: the tests say what was wrong."""

    def _keep(self, body: bytes | None) -> None:
        target = urlsplit(self.path)
        query = parse_qsl(target.query, keep_blank_values=True)
        request = Request(str(self.command), target.path, query, dict(self.headers), body)
        self.server.requests.append(request)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers["content-length"]))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: int, media: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def recording() -> Iterator[Recorder]:
    """A recorder that runs until the block ends."""
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)
