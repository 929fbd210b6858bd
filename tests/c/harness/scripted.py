"""A server that gives every request the same object, with one status for a GET and one by path for a POST, and cuts off all other
POSTs."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(self.server.read)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(self.path)
        if self.path in self.server.statuses:
            self._answer(self.server.statuses[self.path])
        else:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)


class Scripted:
    """The server, while a `with` lasts."""

    def __init__(self, statuses: dict[str, int], body: object = None, read: int = 200) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.body = json.dumps(body).encode()
        self.server.statuses = statuses
        self.server.read = read
        self.server.posted = self.posted = []
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self) -> "Scripted":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
