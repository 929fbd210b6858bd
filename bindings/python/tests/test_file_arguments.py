"""What cannot be uploaded from or downloaded to: each has a typed error, and nothing is sent."""

from __future__ import annotations

import codecs
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, silence


@pytest.mark.parametrize(
    ("source", "arguments", "words"),
    [
        (b"x", {}, "parameter name is required"),
        (io.BytesIO(b"x"), {}, "parameter name is required"),
        (b"x", {"name": ""}, "name is empty"),
        (io.StringIO("x"), {"name": "x"}, "source is a text file: open it in binary mode"),
        (3, {"name": "x"}, "source must be a path, bytes, or a binary file, not a int"),
        (None, {"name": "x"}, "source must be a path"),
        ([1], {"name": "x"}, "source must be a path"),
        (b"x", {"name": 3}, "name must be text"),
        (b"x", {"name": "x", "type": "a\r\nb"}, "type must be a MIME type"),
        (b"x", {"name": "x", "on_progress": 3}, "on_progress must be callable"),
        (b"x", {"name": "x", "extra_body": {}}, "no parameter 'extra_body'"),
    ],
)
def test_an_upload_refuses(source: Any, arguments: dict[str, Any], words: str) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match=words) as caught:
            client.attachments.upload(source, **arguments)
        assert caught.value.outcome == "not_sent"


def test_what_wraps_a_text_file_is_refused() -> None:
    with (
        codecs.open(__file__, encoding="utf-8") as decoding,  # type: ignore[deprecated, unused-ignore]
        tempfile.NamedTemporaryFile("w+") as temporary,
        silence() as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        sources: list[Any] = [decoding, temporary]
        for source in sources:
            with pytest.raises(penbox.InvalidArgumentError, match="source is a text file"):
                client.attachments.upload(source, name="x")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"to": 3}, "to must be a path, or a binary file, not a int"),
        ({"to": ""}, "target is an empty path"),
        ({"to": "a\0b"}, "the path of the target holds a NUL"),
        ({"to": Path("a\0b")}, "the path of the target holds a NUL"),
        ({"to": b"path"}, "to must be a path"),
        ({"to": io.StringIO()}, "to is a text file"),
        ({"overwrite": "yes"}, "overwrite must be True or False"),
        ({"on_progress": "x"}, "on_progress must be callable"),
    ],
)
def test_a_download_refuses(arguments: dict[str, Any], words: str) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match=words):
            client.attachments.download("a", **arguments)


def test_local_files_that_are_not_good(tmp_path: Path) -> None:
    place = tmp_path / "there"
    place.write_bytes(b"old")
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        calls: list[Callable[[], Any]] = [
            lambda: client.attachments.upload(tmp_path / "missing"),
            lambda: client.attachments.upload(tmp_path),
            lambda: client.attachments.download("a", to=place),
            lambda: client.attachments.download("a", to=tmp_path / "no" / "folder"),
        ]
        for call in calls:
            with pytest.raises(penbox.FileError) as caught:
                call()
            assert caught.value.outcome == "not_sent"
    assert place.read_bytes() == b"old"
