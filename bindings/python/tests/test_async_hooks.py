"""The functions of an asynchronous client's caller run on its loop and may be awaited."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, page, serving, silence

WHO: ContextVar[str] = ContextVar("who", default="nobody")


def test_hooks_may_be_coroutines_and_run_in_the_calls_context() -> None:
    seen: list[tuple[str, str, bool]] = []

    async def on_request(event: penbox.RequestEvent) -> None:
        await asyncio.sleep(0.001)
        event.headers["x-who"] = WHO.get()
        seen.append(("request", WHO.get(), True))

    def on_response(event: penbox.ResponseEvent) -> None:
        # A plain one is on the loop, too.
        seen.append(("response", WHO.get(), asyncio.get_running_loop().is_running()))

    async def get(one: penbox.AsyncClient, who: str) -> None:
        WHO.set(who)
        await one.forms.get(who)

    async def main(server: Server) -> None:
        settings: Any = {"on_request": on_request, "on_response": on_response}
        async with penbox.AsyncClient(TOKEN, base_url=server.url, **settings) as one:
            await asyncio.gather(get(one, "ann"), get(one, "ben"))
            WHO.set("walker")
            async for _ in one.forms.list().prefetch():
                await asyncio.sleep(0.01)

    def respond(request: Request) -> bytes:
        if not request.path.endswith("/forms"):
            return answer({"id": "a"})
        number = int(dict(request.query).get("page[number]", "1"))
        return page([str(number)], number=number, pages=3, total=3)

    server = Server(respond)
    try:
        asyncio.run(main(server))
    finally:
        server.close()
    for request in server.requests:
        last = request.path.rpartition("/")[2]
        assert request.headers["x-who"] == (last if last != "forms" else "walker")
    assert sorted({who for _, who, _ in seen}) == ["ann", "ben", "walker"]
    assert len(seen) == 2 * len(server.requests)


def test_a_hook_may_end_the_call_and_make_calls() -> None:
    async def main(server: Server) -> None:
        async def refuse(event: penbox.RequestEvent) -> None:
            raise ValueError("not today")

        async with penbox.AsyncClient(TOKEN, base_url=server.url, on_request=refuse) as one:
            with pytest.raises(penbox.CancelledError, match="not today") as error:
                await one.forms.get("a")
            assert (error.value.reason, error.value.outcome) == ("hook", "not_sent")
            assert isinstance(error.value.__cause__, ValueError)
        assert not server.requests
        made: list[str] = []

        async def calls(event: penbox.RequestEvent) -> None:
            made.append((await two.forms.get("inner")).id)

        two = penbox.AsyncClient(TOKEN, base_url=server.url, on_request=calls)
        assert (await two.forms.get("outer")).id == "outer"
        assert made == ["inner"]

        async def fails(event: penbox.ResponseEvent) -> None:
            raise ValueError("not counted")

        async with penbox.AsyncClient(TOKEN, base_url=server.url, on_response=fails) as one:
            assert (await one.forms.get("last")).id == "last"
            assert one.stats().hook_errors == 1

    with serving(*(answer({"id": id}) for id in ("inner", "outer", "last"))) as server:
        asyncio.run(main(server))


def test_the_token_may_be_awaited_once_for_all_calls() -> None:
    asked: list[str] = []

    async def give() -> str:
        asked.append(WHO.get())
        await asyncio.sleep(0.05)
        return TOKEN

    async def main(server: Server) -> None:
        WHO.set("caller")
        async with penbox.AsyncClient(token_provider=give, base_url=server.url) as one:
            await asyncio.gather(*(one.forms.get("a") for _ in range(5)))
            assert asked == ["caller"]

    with serving(*[answer({"id": "a"})] * 5) as server:
        asyncio.run(main(server))
        assert {each.headers["authorization"] for each in server.requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("given", "message"), [(None, "nothing"), (3, "an int|int"), (KeyError("x"), "failed")]
)
def test_a_provider_that_gives_no_token(given: object, message: str) -> None:
    async def give() -> Any:
        if isinstance(given, Exception):
            raise given
        return given

    async def main(server: Server) -> None:
        async with penbox.AsyncClient(token_provider=give, base_url=server.url) as one:
            with pytest.raises(penbox.ConfigError, match=message) as error:
                await one.forms.get("a")
            assert error.value.outcome == "not_sent"
            assert error.value.__cause__ is (given if isinstance(given, Exception) else None)

    with silence() as server:
        asyncio.run(main(server))


def test_a_cancelled_task_does_not_wait_for_its_hook() -> None:
    async def main(server: Server) -> None:
        entered, ended = asyncio.Event(), False

        async def waits(event: penbox.RequestEvent) -> None:
            nonlocal ended
            entered.set()
            try:
                await asyncio.sleep(60)
            finally:
                ended = True

        async with penbox.AsyncClient(TOKEN, base_url=server.url, on_request=waits) as one:
            task = asyncio.create_task(one.forms.get("a"))
            await entered.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as error:
                await task
            assert ended
            cause = error.value.__cause__
            assert isinstance(cause, penbox.CancelledError)
            assert cause.outcome == "not_sent"

    with silence() as server:
        asyncio.run(main(server))
