"""The memory of a program that moves large files. Its server counts what comes and keeps nothing, and sends as many bytes as the
id ends in.
"""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Callable, Iterator

from . import build

# The size of the files.
MIB = int(os.environ.get("PENBOX_TEST_FILE_MIB", "256"))
PIECE = bytes(1 << 20)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        count = self._chunks() if "chunked" in self.headers.get("Transfer-Encoding", "") else self._whole()
        self.server.received.append(count)
        self._answer("application/json", json.dumps({"id": "a", "name": "a.bin"}).encode())

    def do_GET(self) -> None:
        left = int(self.path.split("-")[-1])
        self._head("application/octet-stream", left)
        while left > 0:
            left -= self.wfile.write(PIECE[: min(left, len(PIECE))])

    def log_message(self, *_: object) -> None:
        pass

    def _whole(self) -> int:
        return self._skip(int(self.headers["Content-Length"]))

    def _chunks(self) -> int:
        count = 0
        while size := int(self.rfile.readline().split(b";")[0], 16):
            count += self._skip(size)
            self.rfile.readline()
        self.rfile.readline()
        return count

    def _skip(self, size: int) -> int:
        left = size
        while left > 0:
            part = self.rfile.read(min(left, len(PIECE)))
            if not part:
                raise ConnectionError("the upload was cut short")
            left -= len(part)
        return size

    def _answer(self, kind: str, body: bytes) -> None:
        self._head(kind, len(body))
        self.wfile.write(body)

    def _head(self, kind: str, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()


class Large:
    """The server, while a `with` lasts."""

    def __enter__(self) -> "Large":
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.received = []
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=10)

    @property
    def received(self) -> list[int]:
        """The length of each body."""
        return self.server.received


def tests(suite, lib: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """The programs that move such files and measure their own memory."""
    for source in ("memory.c", "memory.cpp"):
        yield f"{source}: {MIB} MiB in constant memory", lambda: _memory(suite, source, lib)


def _memory(suite, source: str, lib: Path) -> None:
    program = build.program(build.HERE / source, build.WORK / "bin" / source.replace(".", "-"), lib)
    build.empty_folder()
    with Large() as large:
        output = suite.execute([program, build.WORK / "moved", MIB], url=large.url, timeout=900)
        sizes = [size >> 20 for size in large.received]
    assert re.search(r"^\d+ checks, 0 failures$", output, re.M), output
    assert sizes == [1, 1, MIB, MIB], sizes
    ways = [line for line in output.splitlines() if " kB in " in line]
    # C has no download into memory.
    assert len(ways) == (4 if source == "memory.c" else 5), output
    print("".join(f"        {line}\n" for line in ways), end="", flush=True)
