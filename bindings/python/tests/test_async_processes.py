"""Processes with an asynchronous client: forked, ended amid calls, under other libraries' loops."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import penbox
from children import ends_well, fork
from raw import TOKEN, Request, Server, answer
from test_async_calls import client, holding, until

ENDS = """
import asyncio, sys, threading
import penbox
client = penbox.AsyncClient(sys.argv[1], base_url=sys.argv[2])
async def main():
    tasks = [asyncio.create_task(client.forms.get("slow")) for _ in range(8)]
    await asyncio.sleep(0.2)
    print("ends", flush=True)
    {end}
{start}
"""
WAYS = {
    "run": ("return", "asyncio.run(main())"),
    "exit": ("sys.exit(0)", "asyncio.run(main())"),
    "open": ("return", "loop = asyncio.new_event_loop(); loop.run_until_complete(main())"),
    "thread": (
        "await asyncio.sleep(60)",
        "threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start(); "
        "import time; time.sleep(0.5)",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_process_ends_amid_calls(way: str) -> None:
    end, start = WAYS[way]
    with holding() as server:
        done = subprocess.run(
            [sys.executable, "-c", ENDS.format(end=end, start=start), TOKEN, server.url],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stdout) == (0, "ends\n"), done.stderr
    # asyncio itself tells of tasks that a program leaves behind; nothing else is said.
    lines = [line for line in done.stderr.splitlines() if line[:5] not in ("Task ", "task:")]
    assert lines == []


def test_a_forked_child_has_calls_of_its_own() -> None:
    async def get(one: penbox.AsyncClient) -> str:
        return (await one.forms.get("fine")).id

    def child(one: penbox.AsyncClient) -> bool:
        return [asyncio.run(get(one)) for _ in range(3)] == ["fine"] * 3

    async def amid(one: penbox.AsyncClient, server: Server) -> list[bool]:
        tasks = [asyncio.create_task(one.forms.get("slow")) for _ in range(4)]
        await until(lambda: len(server.requests) >= 4)
        children = [fork(lambda: _in_thread(child, one)) for _ in range(5)]
        ended = [await asyncio.to_thread(ends_well, each) for each in children]
        assert await get(one) == "fine"
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return ended

    with holding() as server:
        one = client(server)
        assert asyncio.run(get(one)) == "fine"
        assert ends_well(fork(lambda: child(one)))
        assert asyncio.run(amid(one, server)) == [True] * 5


def _in_thread(call: object, one: penbox.AsyncClient) -> bool:
    """Runs a child's calls on another thread: on this one its parent's loop is said to run."""
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(call(one)))  # type: ignore[operator]
    thread.start()
    thread.join()
    return found == [True]


def test_anyio_and_trio() -> None:
    anyio = pytest.importorskip("anyio")

    async def get(one: penbox.AsyncClient) -> str:
        ids: list[str] = []

        async def add() -> None:
            ids.append((await one.forms.get("fine")).id)

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(add)
        with anyio.move_on_after(0.1) as scope:
            await one.forms.get("slow")
        assert scope.cancelled_caught
        return "".join(set(ids))

    with holding() as server:
        assert anyio.run(get, client(server)) == "fine"
        pytest.importorskip("trio")

        async def refused(one: penbox.AsyncClient) -> None:
            with pytest.raises(penbox.ConfigError, match="event loop of asyncio"):
                await one.forms.get("fine")

        anyio.run(refused, client(server), backend="trio")


def test_a_thousand_calls_at_a_time() -> None:
    barrier = threading.Semaphore(0)
    calls = 1000

    def respond(request: Request) -> bytes:
        if len(server.requests) >= calls:
            for _ in range(calls):
                barrier.release()
        barrier.acquire(timeout=60)
        return answer({"id": request.path.rpartition("/")[2]})

    async def main() -> None:
        async with client(server, max_workers=calls, connect_timeout=60) as one:
            forms = await asyncio.gather(*(one.forms.get(f"f{at}") for at in range(calls)))
            assert [form.id for form in forms] == [f"f{at}" for at in range(calls)]

    server = Server(respond)
    try:
        asyncio.run(main())
    finally:
        server.close()
