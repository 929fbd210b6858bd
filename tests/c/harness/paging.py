"""The programs that walk lists: one that changes meanwhile, and one whose pages fail."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from . import build

# What becomes of the requests one after the other: a page's number, or a status.
SCRIPT = [1, 500, 503, 2, 403]
FORMS = 350


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        number = self.server.script.pop(0)
        meta = {"total_count": 6, "total_pages": 3, "page_size": 2, "current_page": number}
        body = json.dumps({"data": [{"id": f"f{2 * number - 1}"}, {"id": f"f{2 * number}"}], "meta": meta}).encode()
        self.send_response(number if number >= 100 else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _failing(execute: Callable, command: list) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    server.script = list(SCRIPT)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        execute([*command, "failing"], url=f"http://127.0.0.1:{server.server_port}/v1")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert server.script == [], f"not asked for: {server.script}"


def tests(suite: object, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Names and bodies."""
    for source in ("paging.c", "paging.cpp"):
        program = build.WORK / "bin" / source.replace(".", "-")
        yield f"{source}: compiles", lambda: build.program(build.HERE / source, program, lib)
        for how, prefix in (("runs", []), ("valgrind", valgrind)):

            def changing() -> None:
                suite.sandbox.reset()
                suite.sandbox.steer("POST", "forms", {"count": FORMS, "status": "completed"})
                suite.execute([*prefix, program, "changing"])
                asked = [request["method"] for request in suite.sandbox.requests()].count("GET")
                assert asked <= 5, f"{asked} pages for {FORMS} forms"

            yield f"{source} changing: {how}", changing
            yield f"{source} failing: {how}", lambda: _failing(suite.execute, [*prefix, program])
