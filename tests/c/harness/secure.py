"""TLS before the sandbox: certificates made for one run, and a server that passes on what it decrypts."""

import select
import socket
import ssl
import tempfile
from pathlib import Path
from threading import Thread

from . import build

# A certificate of an authority's, and one for the server that it signed. No message digest is named: openssl has a good one.
AUTHORITY = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
LEAF = [*AUTHORITY, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]


class Secure:
    """The server, while a `with` lasts: `url` is trusted by who trusts `authority`, and by nobody else."""

    def __init__(self, upstream: str) -> None:
        place = build.WORK / "tls"
        place.mkdir(parents=True, exist_ok=True)
        # A folder of its own: two tests run at a time, and a program may read the authority late.
        self.folder = tempfile.TemporaryDirectory(dir=place)
        folder = Path(self.folder.name)
        self.authority = folder / "ca.pem"
        _certificates(folder, self.authority)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
        host, port = upstream.removeprefix("http://").removesuffix("/v1").split(":")
        self.upstream = (host, int(port))

    def __enter__(self) -> "Secure":
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that waits in accept is woken by the shutdown, not by the close.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.folder.cleanup()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self.context.wrap_socket(plain, server_side=True) as secured, socket.create_connection(self.upstream) as inner:
                _pass_on(secured, inner)
        except OSError:
            # A client that refuses the certificate, or goes away.
            pass


def _pass_on(secured: ssl.SSLSocket, inner: socket.socket) -> None:
    """Both ways until one ends. In one thread: OpenSSL has no connection that two may use at once."""
    while True:
        # What was decrypted already shows on no descriptor.
        ready = [secured] if secured.pending() else select.select([secured, inner], [], [])[0]
        for source, target in ((secured, inner), (inner, secured)):
            if source in ready:
                some = source.recv(65536)
                if not some:
                    return
                target.sendall(some)


def _certificates(folder: Path, authority: Path) -> None:
    build.call(
        ["openssl", *AUTHORITY, "-subj", "/CN=Tests of libpenbox", "-keyout", folder / "ca.key", "-out", authority]
    )
    build.call(
        [
            *["openssl", *LEAF, "-addext", "basicConstraints=critical,CA:FALSE"],
            *["-CA", authority, "-CAkey", folder / "ca.key"],
            *["-keyout", folder / "leaf.key", "-out", folder / "leaf.pem"],
        ]
    )
