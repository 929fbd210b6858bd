"""Calls that no conformance case makes, of files above all: `sdk_calls.py BASE_URL`.

It runs in an environment that has the package `penbox`, which the validator's own has not.
"""

from __future__ import annotations

import io
import os
import sys

import penbox

TOKEN = "pnbx_" + "0123456789abcdef" * 3
ID = "550e8400-e29b-41d4-a716-446655440000"
CONTENT = bytes(range(256)) * 4


def unsized() -> io.FileIO:
    """A file without a length: its bytes go out in chunks."""
    reading, writing = os.pipe()
    with open(writing, "wb") as end:
        end.write(CONTENT)
    return io.FileIO(reading, "rb")


def main(base_url: str) -> None:
    with penbox.Client(TOKEN, base_url=base_url) as client:
        files = client.attachments
        files.upload(CONTENT, name='a "quoted" name.pdf')
        files.upload(CONTENT, name="b.bin", type="image/png", scope="public", company=ID)
        with unsized() as pipe:
            files.upload(pipe, name="c.pdf")
        files.download(ID)
        files.download_merged(ids=[ID, ID])
        files.download_merged(ids=[ID], filename="all")
        client.responses.download_pdf(ID)
        client.cases.update_contacts(ID, contacts=[{"key": "main", "email": "jo@example.com"}])
        client.signatures.download(ID)


if __name__ == "__main__":
    main(sys.argv[1])
