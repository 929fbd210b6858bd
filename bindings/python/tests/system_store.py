"""A TLS server that the clients of a process trust because the system does.

No client is told whom to trust. The library that tests/faults loads before others has such a
process open another file where the system's certificate authorities are.
"""

from __future__ import annotations

import os
import ssl
import subprocess
from pathlib import Path

PRELOAD = Path(__file__).resolve().parents[3] / "tests" / "faults" / "preload" / "preload.c"

# No message digest is named: openssl has a good one.
AUTHORITY = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-nodes", "-days", "2"),
)
LEAF = ("-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE")


class SystemStore:
    """Certificates in a folder: an authority's, and one for 127.0.0.1 that it signed."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.leaf = folder / "ca.pem", folder / "leaf.pem"
        self.library = folder / "preload.so"
        ours = (
            "-subj",
            "/CN=Tests of penbox",
            "-keyout",
            folder / "ca.key",
            "-out",
            self.authority,
        )
        _run(*AUTHORITY, *ours)
        signed = ("-CA", self.authority, "-CAkey", folder / "ca.key")
        written = ("-keyout", folder / "leaf.key", "-out", self.leaf)
        _run(*AUTHORITY, "-subj", "/CN=127.0.0.1", *LEAF, *signed, *written)
        flags = ("-std=gnu11", "-O1", "-U_FORTIFY_SOURCE", "-fPIC", "-shared")
        _run("gcc", *flags, "-o", self.library, PRELOAD, "-ldl")

    def environment(self) -> dict[str, str]:
        """The environment of a process that trusts the authority."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SSL_")}
        return {
            **clean,
            "LD_PRELOAD": str(self.library),
            "PENBOX_FAULT_CA_FILE": str(self.authority),
        }

    def context(self) -> ssl.SSLContext:
        """The server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.leaf, self.leaf.with_suffix(".key"))
        return context


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
