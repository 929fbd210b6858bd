"""A server that never answers."""

import socket


class Silent:
    """A server that takes connections and says nothing."""

    def __enter__(self) -> "Silent":
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
