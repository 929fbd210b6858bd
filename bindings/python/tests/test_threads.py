"""Threads: the GIL is free while a call waits, and answers go to those who asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, page

CALLS: dict[str, Callable[[penbox.Client], object]] = {
    "call": lambda client: client.forms.get("a"),
    "next": lambda client: next(client.forms.list()),
    "pages": lambda client: next(client.forms.list().pages()),
    "page": lambda client: client.forms.list().page(3),
    "total_count": lambda client: client.forms.list().total_count,
}


@pytest.mark.parametrize("name", CALLS)
def test_another_thread_goes_on_while_a_call_waits(name: str) -> None:
    asked, went_on = threading.Event(), threading.Event()

    def respond(request: Request) -> bytes:
        asked.set()
        # The answer comes only after the other thread went on: with the GIL held it never would.
        assert went_on.wait(20)
        return page(["a"], total=1) if request.path == "/v1/forms" else answer({"id": "a"})

    def other() -> None:
        if asked.wait(20):
            went_on.set()

    server = Server(respond)
    thread = threading.Thread(target=other)
    thread.start()
    try:
        with penbox.Client(TOKEN, base_url=server.url, timeout=30) as client:
            assert CALLS[name](client)
    finally:
        thread.join()
        server.close()
    assert went_on.is_set()


def test_a_client_is_closed_while_a_call_waits() -> None:
    asked, released = threading.Event(), threading.Event()

    def respond(_: Request) -> bytes:
        asked.set()
        released.wait(20)
        return b""

    server = Server(respond)
    client = penbox.Client(TOKEN, base_url=server.url, timeout=30)

    def close() -> None:
        if asked.wait(20):
            client.close()

    thread = threading.Thread(target=close)
    thread.start()
    try:
        with pytest.raises(penbox.ClosedError) as caught:
            client.forms.get("a")
        assert caught.value.outcome == "unknown"
    finally:
        released.set()
        thread.join()
        server.close()


def test_sixteen_threads_get_their_own_answers() -> None:
    server = Server(lambda request: answer({"id": request.path.rpartition("/")[2]}))
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:

            def work(thread: int) -> list[str]:
                return [client.forms.get(f"{thread}-{call}").id for call in range(40)]

            with ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(work, range(16)))
    finally:
        server.close()
    for thread, ids in enumerate(answers):
        assert ids == [f"{thread}-{call}" for call in range(40)]
    assert len(server.requests) == 16 * 40
    assert server.connections <= 16


def test_a_shared_list_gives_each_item_once() -> None:
    def respond(request: Request) -> bytes:
        number = int(dict(request.query)["page[number]"])
        return page([f"{number}-{item}" for item in range(20)], number=number, pages=10)

    server = Server(respond)
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            pager = client.forms.list()
            with ThreadPoolExecutor(8) as pool:
                parts = pool.map(lambda _: [form.id for form in pager], range(8))
                found = [id for part in parts for id in part]
    finally:
        server.close()
    assert len(server.requests) == 10
    assert sorted(found) == sorted(f"{n}-{item}" for n in range(1, 11) for item in range(20))


def test_a_result_may_be_read_by_many_threads() -> None:
    form = penbox.Form.from_json('{"id": "a", "user": {"email": "x"}, "data": {"k": [1]}}')
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: (form.user, form.data, form.to_dict()), range(200)))
    assert all(user is form.user and data is form.data for user, data, _ in read)
    assert all(content == form.to_dict() for *_, content in read)
