"""Sources that Python names and describes in its own way: standard input, members of archives."""

from __future__ import annotations

import io
import os
import tarfile

import pytest

import penbox
from raw import TOKEN, Request, answer, serving, silence

CREATED = answer({"id": "a"}, status=201)


def file_of(request: Request) -> bytes:
    """The file's bytes within a request, chunks undone."""
    return request.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--penbox-", 1)[0]


def test_a_name_in_brackets_is_none() -> None:
    read, write = os.pipe()
    os.close(write)

    class Named(io.FileIO):
        def __init__(self, descriptor: int) -> None:
            super().__init__(descriptor)
            self.name = "<stdin>"

    with silence() as server, Named(read) as source:
        client = penbox.Client(token=TOKEN, base_url=server.url)
        with pytest.raises(penbox.InvalidArgumentError, match="name is required"):
            client.attachments.upload(source)


def test_a_member_of_a_streamed_archive_is_sent() -> None:
    packed = io.BytesIO()
    contents = {"a.pdf": b"a" * 700, "b.pdf": b"b" * 900}
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    packed.seek(0)
    with serving(CREATED, CREATED) as server:
        client = penbox.Client(token=TOKEN, base_url=server.url)
        with tarfile.open(fileobj=packed, mode="r|gz") as archive:
            for entry in archive:
                member = archive.extractfile(entry)
                assert member is not None
                client.attachments.upload(member, name=entry.name)
        sent = [file_of(request) for request in server.requests]
    for content, body in zip(contents.values(), sent, strict=True):
        assert content in body
