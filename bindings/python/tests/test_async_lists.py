"""Lists of the asynchronous client: iterated or awaited, never losing an item."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import penbox
from raw import Request, Server, answer, page, serving, silence
from test_async_calls import client

IDS = [[f"{number}-{item}" for item in range(3)] for number in range(1, 4)]
ALL = [id for ids in IDS for id in ids]


def three_pages(server_class: type[Server] = Server) -> Server:
    def respond(request: Request) -> bytes:
        number = int(dict(request.query).get("page[number]", "1"))
        return page(IDS[number - 1], number=number, pages=3, total=9)

    return server_class(respond)


def run(main: Any) -> list[Request]:
    server = three_pages()
    try:

        async def whole() -> None:
            async with client(server) as one:
                await main(one)

        asyncio.run(whole())
        return server.requests
    finally:
        server.close()


def test_a_pager_is_iterated() -> None:
    async def main(one: penbox.AsyncClient) -> None:
        assert [form.id async for form in one.forms.list()] == ALL
        assert [form.id async for form in one.forms.list().prefetch()] == ALL
        pager = one.forms.list()
        assert await pager.total_count() == 9
        assert [form.id for form in await pager.collect(4)] == ALL[:4]
        left = [found.data async for found in pager.pages()]
        assert [[form.id for form in data] for data in left] == [ALL[4:6], ALL[6:]]
        assert [len(found) for found in [each async for each in one.forms.list().pages()]] == [
            3
        ] * 3

    run(main)


def test_an_awaited_list_is_its_first_page_and_the_way_to_the_others() -> None:
    async def main(one: penbox.AsyncClient) -> None:
        pager = one.forms.list()
        first, again = await asyncio.gather(pager, pager)
        assert first is again is await pager
        assert [form.id for form in first] == [form.id for form in first.data] == IDS[0]
        assert (len(first), first[0].id, first.total_count) == (3, "1-0", 9)
        assert first.meta is not None
        assert first.has_next_page
        second = await first.next_page()
        assert [form.id for form in second] == IDS[1]
        assert [form.id async for form in second] == ALL[3:]
        # Behind it the iteration has gone on: its pages are fetched anew.
        assert [form.id async for form in first] == ALL
        third = await second.next_page()
        assert not third.has_next_page
        with pytest.raises(penbox.InvalidArgumentError, match="no next page"):
            await third.next_page()
        # The pager's own iteration is not touched.
        assert [form.id async for form in pager] == ALL

    run(main)


def test_awaiting_a_list_twice_is_one_request() -> None:
    async def main(one: penbox.AsyncClient) -> None:
        pager = one.forms.list()
        await asyncio.gather(pager, pager, pager)
        await pager

    assert len(run(main)) == 1


def test_a_list_is_sent_when_it_is_used_and_not_before() -> None:
    async def main(server: Server) -> None:
        async with client(server) as one:
            pager = one.forms.list()
            aiter(pager)
            pager.pages()
            with pytest.raises(penbox.InvalidArgumentError):
                one.forms.list(sort=3)  # type: ignore[arg-type]
            await asyncio.sleep(0.05)

    with silence() as server:
        asyncio.run(main(server))


def test_a_page_by_its_number() -> None:
    async def main(one: penbox.AsyncClient) -> None:
        pager = one.forms.list()
        second = await pager.page(2)
        assert [form.id for form in second] == IDS[1]
        assert [form.id async for form in second] == ALL[3:]
        assert not (await pager.page(3)).has_next_page
        with pytest.raises(penbox.InvalidArgumentError, match="from 1"):
            await pager.page(0)
        recorded = await one.with_response.forms.list().page(1)
        assert (recorded.status, recorded.data[0].id) == (200, "1-0")
        pages = [each async for each in one.with_response.forms.list()]
        assert [each.data.data[0].id for each in pages] == ["1-0", "2-0", "3-0"]

    run(main)


def test_many_tasks_take_items_from_one_list() -> None:
    async def main(one: penbox.AsyncClient) -> None:
        pager, taken = one.forms.list(), []

        async def take() -> None:
            async for form in pager:
                taken.append(form.id)
                await asyncio.sleep(0)

        await asyncio.gather(*(take() for _ in range(5)))
        assert sorted(taken) == sorted(ALL)

    assert len(run(main)) == 3


def test_a_cancelled_step_loses_no_item() -> None:
    async def main(one: penbox.AsyncClient) -> None:
        pager, taken = one.forms.list(), []
        for pause in range(200):
            step = asyncio.ensure_future(anext(pager))
            # At another moment of the call each time.
            for _ in range(pause % 7):
                await asyncio.sleep(0.0005)
            step.cancel()
            try:
                taken.append((await step).id)
            except asyncio.CancelledError:
                continue
            except StopAsyncIteration:
                break
        taken += [form.id async for form in pager]
        assert taken == ALL

    run(main)


def test_a_pager_goes_on_after_an_error() -> None:
    async def main(server: Server) -> None:
        async with client(server, max_attempts=1) as one:
            pager = one.forms.list()
            with pytest.raises(penbox.ServerError):
                await pager.collect()
            assert [form.id for form in await pager.collect()] == ["a", "b"]

    first, last = (page([id], number=at, pages=2, total=2) for id, at in (("a", 1), ("b", 2)))
    with serving(first, answer({}, status=500), last) as server:
        asyncio.run(main(server))


def test_a_pager_may_be_used_in_another_loop() -> None:
    server = three_pages()
    try:
        one = client(server)

        async def begin() -> penbox.AsyncPager[penbox.Form]:
            pager = one.forms.list()
            await anext(pager)
            return pager

        async def rest(pager: penbox.AsyncPager[penbox.Form]) -> list[str]:
            return [form.id async for form in pager]

        assert asyncio.run(rest(asyncio.run(begin()))) == ALL[1:]
    finally:
        server.close()
