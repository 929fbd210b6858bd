"""Calls of the asynchronous client: their ends, loops, cancels."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import penbox
from conftest import Sandbox
from raw import TOKEN, Request, Server, answer, serving, silence

CREATE: dict[str, Any] = {"flow": {"slug": "client-onboarding"}}


@contextmanager
def holding() -> Iterator[Server]:
    """A server that answers `/fine` and lets all others wait until the test is over."""
    over = threading.Event()

    def respond(request: Request) -> bytes:
        if not request.path.endswith("/fine"):
            over.wait(20)
            return b""
        return answer({"id": "fine"})

    server = Server(respond)
    try:
        yield server
    finally:
        over.set()
        server.close()


async def until(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not ready():
            await asyncio.sleep(0.005)


def client(server: Server, **settings: Any) -> penbox.AsyncClient:
    return penbox.AsyncClient(TOKEN, base_url=server.url, **settings)


def test_methods_are_awaited(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with penbox.AsyncClient(sandbox.token, base_url=sandbox.url) as client:
            forms = await asyncio.gather(*(client.forms.create(**CREATE) for _ in range(20)))
            got = await client.forms.get(forms[3].id)
            assert got == forms[3]
            assert len({form.id for form in forms}) == 20
            assert (await client.request("GET", "/forms/count"))["count"] == 20
            assert (await client.check()).ok
            recorded = await client.with_response.forms.get(got.id)
            assert (recorded.status, recorded.data) == (200, got)
            once = client.with_options(timeout=5, max_attempts=1)
            assert isinstance(once, penbox.AsyncClient)
            assert (await once.forms.update(got.id, archived=True)).archived
            assert client.stats().calls == 25
        with pytest.raises(penbox.ClosedError) as error:
            await client.forms.get(got.id)
        assert error.value.operation == "forms.get"

    asyncio.run(main())


def test_errors_are_those_of_the_other_client() -> None:
    async def main(server: Server) -> None:
        async with client(server) as one:
            with pytest.raises(penbox.NotFoundError) as error:
                await one.forms.get("a")
            assert (error.value.operation, error.value.outcome) == ("forms.get", "rejected")
            with pytest.raises(penbox.InvalidArgumentError, match="id is required"):
                await one.forms.get()  # type: ignore[call-arg]
            with pytest.raises(penbox.InvalidArgumentError, match="frm") as refused:
                await one.forms.create(flow={"slug": "x"}, frm=1)  # type: ignore[call-arg]
            assert refused.value.operation == "forms.create"

    with serving(answer({"errors": []}, status=404)) as server:
        asyncio.run(main(server))


def test_an_error_leaves_no_cycle_behind() -> None:
    async def main(server: Server) -> None:
        async with client(server) as one:
            for _ in range(2):
                with pytest.raises(penbox.NotFoundError):
                    await one.forms.get("a")
                with pytest.raises(penbox.NotFoundError):
                    await one.forms.list().collect()

    with serving(*[answer({"errors": []}, status=404)] * 4) as server:
        asyncio.run(main(server))
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, penbox.NotFoundError)]


def test_a_coroutine_that_nobody_awaits_sends_nothing() -> None:
    async def main(server: Server) -> None:
        one = client(server)
        with pytest.warns(RuntimeWarning, match="never awaited"):
            one.forms.get("a")  # type: ignore[unused-coroutine]
        one.forms.list()
        await asyncio.sleep(0.05)

    with silence() as server:
        asyncio.run(main(server))


@pytest.mark.parametrize("call", ["get", "create"])
def test_a_cancelled_task_ends_its_call_and_tells_the_outcome(call: str) -> None:
    async def main(server: Server) -> None:
        async with client(server) as one:
            calls: dict[str, Coroutine[Any, Any, penbox.Form]] = {
                "get": one.forms.get("slow"),
                "create": one.forms.create(**CREATE),
            }
            task = asyncio.create_task(calls.pop(call))
            calls.popitem()[1].close()
            await until(lambda: len(server.requests) == 1)
            task.cancel()
            began = time.monotonic()
            with pytest.raises(asyncio.CancelledError) as error:
                await task
            # 10 ms on an idle machine.
            assert time.monotonic() - began < 2
            cause = error.value.__cause__
            assert isinstance(cause, penbox.CancelledError)
            assert (cause.outcome, cause.operation) == ("unknown", f"forms.{call}")
            # The client and its other calls go on.
            assert (await one.forms.get("fine")).id == "fine"

    with holding() as server:
        asyncio.run(main(server))


def test_a_queued_call_ends_too_and_was_not_sent() -> None:
    async def main(server: Server) -> None:
        async with client(server, max_workers=1) as one:
            first = asyncio.create_task(one.forms.get("slow"))
            await until(lambda: len(server.requests) == 1)
            with pytest.raises(TimeoutError) as error:
                async with asyncio.timeout(0.1):
                    await one.forms.create(**CREATE)
            # Before Python 3.11.4 asyncio leaves the cause to the context.
            ended = error.value.__cause__ or error.value.__context__
            assert ended is not None
            cause = ended.__cause__
            assert isinstance(cause, penbox.CancelledError)
            assert cause.outcome == "not_sent"
            first.cancel()
            await asyncio.wait([first])
            assert (await one.forms.get("fine")).id == "fine"
        assert len(server.requests) == 2

    with holding() as server:
        asyncio.run(main(server))


def test_a_cancel_after_the_end_has_the_outcome_done() -> None:
    async def main(server: Server) -> None:
        async with client(server) as one:
            task = asyncio.create_task(one.forms.create(**CREATE))
            await until(lambda: len(server.requests) == 1)
            release.set()
            # The loop stands still while the answer comes. It takes the answer and the cancel at
            # once, and the future has its result when the task is told.
            time.sleep(0.5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as error:
                await task
            cause = error.value.__cause__
            assert isinstance(cause, penbox.CancelledError)
            assert cause.outcome == "done"

    release = threading.Event()

    def respond(request: Request) -> bytes:
        release.wait(20)
        return answer({"id": "a"}, status=201)

    server = Server(respond)
    try:
        asyncio.run(main(server))
    finally:
        release.set()
        server.close()


def test_the_call_of_a_task_group_ends_with_the_group() -> None:
    async def main(server: Server) -> None:
        async with client(server) as one:

            async def fail() -> None:
                await until(lambda: len(server.requests) == 1)
                raise ValueError("enough")

            async def together() -> None:
                async with asyncio.TaskGroup() as group:
                    group.create_task(one.forms.get("slow"))
                    group.create_task(fail())

            with pytest.raises(ExceptionGroup) as error:
                await together()
            assert [type(each) for each in error.value.exceptions] == [ValueError]

    with holding() as server:
        asyncio.run(main(server))


def test_a_token_ends_a_call_and_close_ends_all() -> None:
    async def main(server: Server) -> None:
        one, token = client(server), penbox.CancelToken()
        tasks = [asyncio.create_task(one.forms.get("slow", cancel=token)) for _ in range(3)]
        tasks.append(asyncio.create_task(one.forms.get("slow")))
        await until(lambda: len(server.requests) == 4)
        token.cancel()
        done, _ = await asyncio.wait(tasks[:3], timeout=10)
        assert {type(task.exception()) for task in done} == {penbox.CancelledError}
        await one.aclose()
        with pytest.raises(penbox.ClosedError):
            await tasks[3]

    with holding() as server:
        asyncio.run(main(server))


def test_one_client_in_many_loops() -> None:
    async def get(one: penbox.AsyncClient) -> str:
        forms = await asyncio.gather(*(one.forms.get("fine") for _ in range(5)))
        return "".join(sorted({form.id for form in forms}))

    with holding() as server:
        one = client(server)
        assert [asyncio.run(get(one)) for _ in range(3)] == ["fine"] * 3
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(asyncio.run(get(one)))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == ["fine"] * 4
        one.close()


def test_results_for_a_closed_loop_are_dropped_quietly(
    capfd: pytest.CaptureFixture[str],
) -> None:
    release = threading.Event()

    def respond(request: Request) -> bytes:
        release.wait(20)
        return answer({"id": "late"})

    server = Server(respond)
    try:
        one = client(server)
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)
        task = loop.create_task(one.forms.get("slow"))
        loop.run_until_complete(until(lambda: len(server.requests) == 1))
        loop.close()
        release.set()
        deadline = time.monotonic() + 10
        while not one.stats().bytes_received and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not task.done()
        del task, loop
        gc.collect()
        assert asyncio.run(_id(one)) == "late"
    finally:
        release.set()
        server.close()
    assert "closed" not in capfd.readouterr().err


async def _id(one: penbox.AsyncClient) -> str:
    return (await one.forms.get("a")).id


def test_without_a_loop_of_asyncio_the_error_says_so() -> None:
    with silence() as server:
        one = client(server)
        call = one.forms.get("a")
        with pytest.raises(penbox.ConfigError, match="event loop of asyncio") as error:
            call.send(None)
        assert error.value.outcome == "not_sent"
        assert error.value.hint is not None
        assert "trio" in error.value.hint


def test_a_wait_for_a_time_holds_no_thread() -> None:
    async def main(server: Server) -> None:
        async with client(server, max_workers=2) as one:
            tasks = [asyncio.create_task(one.forms.get("busy")) for _ in range(20)]
            await until(lambda: len(server.requests) == 20)
            began = time.monotonic()
            assert (await one.forms.get("fine")).id == "fine"
            assert time.monotonic() - began < 15
            for task in tasks:
                task.cancel()
            ended, _ = await asyncio.wait(tasks, timeout=10)
            assert len(ended) == 20

    def respond(request: Request) -> bytes:
        if request.path.endswith("/fine"):
            return answer({"id": "fine"})
        return answer({}, status=503, headers={"Retry-After": "30"})

    server = Server(respond)
    try:
        asyncio.run(main(server))
    finally:
        server.close()
