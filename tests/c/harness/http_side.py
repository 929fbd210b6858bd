"""The programs on requests of the caller's own, the HTTP side of answers, and kept answers."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from . import build

COOKIES = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
# The answers to the requests one after the other: request line, status, body, headers.
SCRIPT = [
    ("GET /v1/flows?page%5Bsize%5D=5", 200, {"data": [{"slug": "a"}]}, []),
    ("DELETE /v1/requests/a", 204, None, []),
    ("GET /v1/forms/a", 200, {"id": "a"}, [("X-Request-Id", "r1"), ("X-Left", "7"), *COOKIES]),
    ("GET /v1/forms/a", 404, {"message": "gone"}, [("X-Left", "0")]),
    ("GET /v1/forms/a", 404, "<no>", [("X-Left", "0")]),
    *(("GET /v1/form_templates/a/options", 200, {"n": number}, []) for number in range(3)),
]


class _Script(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        wanted, status, body, headers = self.server.script.pop(0)
        if f"{self.command} {self.path}" != wanted:
            self.server.wrong.append(f"{self.command} {self.path} instead of {wanted}")
        # A body with a declared length of its own breaks off before it.
        body, declared = body if isinstance(body, tuple) else (body, None)
        text = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        if trace := self.headers.get("X-Trace"):
            self.send_header("X-Echo", trace)
        for name, value in [*headers, ("Content-Length", str(len(text) if declared is None else declared))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = declared is not None

    do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        pass


def played(execute: Callable, command: list, script: list = SCRIPT) -> None:
    """Runs a program against a server that gives the answers of a script."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Script)
    server.script, server.wrong = list(script), []
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        execute(command, url=f"http://127.0.0.1:{server.server_port}/v1")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not server.wrong, server.wrong
    assert server.script == [], f"not asked for: {server.script}"


def tests(suite: object, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Names and bodies."""
    for source in ("http.c", "http.cpp"):
        program = build.WORK / "bin" / source.replace(".", "-")
        yield f"{source}: compiles", lambda: build.program(build.HERE / source, program, lib)
        for how, prefix in (("runs", []), ("valgrind", valgrind)):
            yield f"{source}: {how}", lambda: played(suite.execute, [*prefix, program])
