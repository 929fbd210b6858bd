"""Files of the asynchronous client: sources and targets, awaited or not."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import penbox
from conftest import Sandbox
from test_async_calls import client, holding, until

CHUNKS = [os.urandom(size) for size in (1, 200_000, 70_000)]
WHOLE = b"".join(CHUNKS)


async def chunks() -> AsyncIterator[bytes]:
    for chunk in CHUNKS:
        await asyncio.sleep(0)
        yield chunk
        yield b""


class Awaited:
    """A file whose methods are coroutines, as those of aiofiles are."""

    name = "/tmp/awaited.bin"

    def __init__(self, content: bytes = b"", most: int = 1 << 30) -> None:
        self.file = io.BytesIO(content)
        self.most = most
        self.flushed = 0

    async def read(self, size: int = -1, /) -> bytes:
        await asyncio.sleep(0)
        return self.file.read(min(size, self.most))

    async def write(self, data: bytes, /) -> int:
        await asyncio.sleep(0)
        return self.file.write(data[: self.most])

    async def flush(self) -> None:
        self.flushed += 1


class Stream:
    """The writer of an asyncio stream."""

    def __init__(self) -> None:
        self.file = io.BytesIO()
        self.drained = 0

    def write(self, data: bytes, /) -> None:
        self.file.write(data)

    async def drain(self) -> None:
        self.drained += 1


def run(sandbox: Sandbox, main: Any) -> None:
    async def whole() -> None:
        async with penbox.AsyncClient(sandbox.token, base_url=sandbox.url) as client:
            await main(client)

    asyncio.run(whole())


def test_sources(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(WHOLE)

    async def main(client: penbox.AsyncClient) -> None:
        sources: list[Any] = [path, WHOLE, io.BytesIO(WHOLE), chunks(), Awaited(WHOLE)]
        sources.append(Awaited(WHOLE, most=1000))
        for source in sources:
            sent = await client.attachments.upload(source, name="a.bin")
            got = await client.attachments.download(sent.id)
            assert got.content == WHOLE
        named = await client.attachments.upload(Awaited(WHOLE))
        assert named.name == "awaited.bin"
        with pytest.raises(penbox.InvalidArgumentError, match="name is required") as error:
            await client.attachments.upload(chunks())
        assert error.value.operation == "attachments.upload"
        with pytest.raises(penbox.InvalidArgumentError, match="must be a path"):
            await client.attachments.upload(3, name="a")  # type: ignore[arg-type]

    run(sandbox, main)


def test_targets(sandbox: Sandbox, tmp_path: Path) -> None:
    async def main(client: penbox.AsyncClient) -> None:
        sent = await client.attachments.upload(WHOLE, name="a.bin")
        taken: list[bytes] = []

        async def sink(chunk: bytes) -> None:
            await asyncio.sleep(0)
            taken.append(chunk)

        awaited, slow, stream, plain = Awaited(), Awaited(most=10_000), Stream(), io.BytesIO()
        for target in (sink, awaited, slow, stream, plain):
            file = await client.attachments.download(sent.id, to=target)
            assert (file.size, file.content, file.path) == (len(WHOLE), None, None)
        for written in (awaited.file, slow.file, stream.file, plain):
            assert written.getvalue() == WHOLE
        assert b"".join(taken) == WHOLE
        assert awaited.flushed == 1
        assert stream.drained
        saved = await client.attachments.download(sent.id, to=tmp_path / "b.bin")
        assert saved.path is not None
        assert saved.path.read_bytes() == WHOLE
        recorded = await client.with_response.attachments.download(sent.id)
        assert (recorded.status, recorded.data.content) == (200, WHOLE)

    run(sandbox, main)


@pytest.mark.parametrize("is_awaited", [True, False])
def test_progress_is_told_and_may_end_the_call(sandbox: Sandbox, is_awaited: bool) -> None:
    async def main(client: penbox.AsyncClient) -> None:
        told: list[tuple[int, int | None]] = []

        def hear(moved: int, total: int | None) -> bool:
            told.append((moved, total))
            return len(told) < 100

        async def hear_later(moved: int, total: int | None) -> bool:
            return hear(moved, total)

        progress = hear_later if is_awaited else hear
        sent = await client.attachments.upload(WHOLE, name="a", on_progress=progress)
        sizes: list[tuple[int, int | None]] = [(len(WHOLE), len(WHOLE)), (len(WHOLE), None)]
        assert told[-1] == sizes[0]
        await client.attachments.upload(chunks(), name="a", on_progress=progress)
        assert told[-1] == sizes[1]
        told[:] = [(0, 0)] * 100
        with pytest.raises(penbox.CancelledError):
            await client.attachments.download(sent.id, on_progress=progress)
        with pytest.raises(penbox.InvalidArgumentError, match="must be callable"):
            await client.attachments.download(sent.id, on_progress=3)  # type: ignore[arg-type]

    run(sandbox, main)


def test_what_the_callers_code_raises_comes_out_as_it_is(sandbox: Sandbox) -> None:
    async def main(client: penbox.AsyncClient) -> None:
        closed = False

        async def broken() -> AsyncIterator[bytes]:
            nonlocal closed
            try:
                yield b"x"
                raise ZeroDivisionError("mine")
            finally:
                closed = True

        async def sink(chunk: bytes) -> None:
            raise ZeroDivisionError("mine")

        class Texts:
            async def read(self, size: int, /) -> bytes:
                return "text"  # type: ignore[return-value]

        with pytest.raises(ZeroDivisionError, match="mine"):
            await client.attachments.upload(broken(), name="a")
        assert closed
        with pytest.raises(penbox.FileError, match="instead of bytes"):
            await client.attachments.upload(Texts(), name="a")
        sent = await client.attachments.upload(WHOLE, name="a")
        with pytest.raises(ZeroDivisionError, match="mine"):
            await client.attachments.download(sent.id, to=sink)

        def hear(moved: int, total: int | None) -> None:
            raise ZeroDivisionError("mine")

        with pytest.raises(ZeroDivisionError, match="mine"):
            await client.attachments.download(sent.id, on_progress=hear)

    run(sandbox, main)


def test_a_call_whose_source_waits_ends_with_its_task() -> None:
    async def main() -> None:
        waits, closed = asyncio.Event(), False

        async def source() -> AsyncIterator[bytes]:
            nonlocal closed
            try:
                yield b"x" * 1000
                await waits.wait()
            finally:
                closed = True

        with holding() as server:
            async with client(server) as one:
                task = asyncio.create_task(one.attachments.upload(source(), name="a"))
                await until(lambda: server.connections == 1)
                task.cancel()
                began = time.monotonic()
                with pytest.raises(asyncio.CancelledError) as error:
                    await task
                assert time.monotonic() - began < 2
                assert isinstance(error.value.__cause__, penbox.CancelledError)
                assert closed
                with pytest.raises(penbox.APITimeoutError):
                    await one.attachments.upload(source(), name="a", timeout=0.3)

    asyncio.run(main())
