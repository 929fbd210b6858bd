"""Lists: lazy, complete whatever is written meanwhile, and where they were after an error."""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Iterator

import pytest

import penbox
from conftest import Sandbox
from penbox import _native
from raw import TOKEN, Request, Server, answer, page, serving, silence


def client_of(server: Server) -> penbox.Client:
    return penbox.Client(TOKEN, base_url=server.url, page_size=2, max_attempts=1)


def ids(forms: object) -> list[str]:
    assert isinstance(forms, (penbox.Pager, penbox.Page, Iterator))
    return [form.id for form in forms]


def test_nothing_is_sent_before_the_first_item_is_asked_for() -> None:
    with silence() as server, client_of(server) as client:
        pager = client.forms.list()
        assert repr(pager) == "<penbox.Pager of Form>"
        assert iter(pager) is pager
        pager.pages()


def test_a_page_is_fetched_when_it_is_reached() -> None:
    first, second = page(["a", "b"], pages=2), page(["c"], number=2, pages=2)
    with serving(first, second) as server, client_of(server) as client:
        pager = client.forms.list()
        assert ids(itertools.islice(pager, 2)) == ["a", "b"]
        assert len(server.requests) == 1
        assert ids(pager) == ["c"]
        assert ids(pager) == []
        assert [dict(request.query)["page[number]"] for request in server.requests] == ["1", "2"]


def test_a_list_that_ended_keeps_no_page() -> None:
    def answers() -> int:
        gc.collect()
        return sum(type(thing) is _native.Handle for thing in gc.get_objects())

    first, second = page(["a", "b"], pages=2), page(["c"], number=2, pages=2)
    with serving(first, second) as server, client_of(server) as client:
        before = answers()
        pager = client.forms.list()
        first_one = next(pager)
        assert answers() == before + 1
        assert [first_one.id, *ids(pager)] == ["a", "b", "c"]
        del first_one
        assert answers() == before
        assert (next(pager, None), pager.total_count, len(server.requests)) == (None, None, 2)


def test_duplicates_are_dropped() -> None:
    first, second = page(["a", "b"], pages=2), page(["b", "c"], number=2, pages=2)
    with serving(first, second) as server, client_of(server) as client:
        assert ids(client.forms.list()) == ["a", "b", "c"]


def test_pages() -> None:
    first, second = page(["a", "b"], pages=2, total=3), page(["b", "c"], number=2, pages=2)
    with serving(first, second) as server, client_of(server) as client:
        pages = list(client.forms.list().pages())
        assert [ids(page) for page in pages] == [["a", "b"], ["c"]]
        assert (len(pages[0]), pages[0].total_count, pages[1].total_count) == (2, 3, None)
        assert type(pages[0].meta) is penbox.PageMeta
        assert (pages[0].meta.current_page, pages[0].meta.total_pages) == (1, 2)
        assert pages[0][0] is pages[0].data[0]
        assert ids(iter(pages[0][1:])) == ["b"]
        assert repr(pages[0]) == "<penbox.Page with 2 of 3>"
        with pytest.raises(IndexError):
            pages[0][2]


def test_pages_go_on_where_the_iteration_stands() -> None:
    first, second = page(["a", "b"], pages=2), page(["c"], number=2, pages=2)
    with serving(first, second) as server, client_of(server) as client:
        pager = client.forms.list()
        assert next(pager).id == "a"
        assert [ids(page) for page in pager.pages()] == [["b"], ["c"]]


def test_any_page_by_its_number_without_touching_the_iteration() -> None:
    seventh, first = page(["x"], number=7, pages=9), page(["a"])
    with serving(seventh, first) as server, client_of(server) as client:
        pager = client.forms.list(user={"email": "a@example.com"})
        assert ids(pager.page(7)) == ["x"]
        assert ids(pager) == ["a"]
        assert ("user[email]", "a@example.com") in server.requests[0].query
        assert ("page[number]", "7") in server.requests[0].query


@pytest.mark.parametrize("number", [0, -1, "2", None, 1.5, 2**70])
def test_a_page_number_that_is_none(number: int) -> None:
    with silence() as server, client_of(server) as client:
        pager = client.forms.list()
        with pytest.raises(penbox.InvalidArgumentError):
            pager.page(number)


def test_a_page_ahead_where_it_is_wanted() -> None:
    pages = [page(["a"], pages=2), page(["b"], number=2, pages=2)]
    ahead = threading.Event()

    def respond(_: Request) -> bytes:
        if len(pages) == 1:
            ahead.set()
        return pages.pop(0)

    server = Server(respond)
    try:
        with client_of(server) as client:
            pager = client.forms.list().prefetch()
            assert isinstance(pager, penbox.Pager)
            assert server.requests == []
            assert next(pager).id == "a"
            assert ahead.wait(10), "the second page was not asked for"
            assert ids(pager) == ["b"]
    finally:
        server.close()


def test_up_to_a_limit() -> None:
    first, second = page(["a", "b"], pages=9), page(["c", "d"], number=2, pages=9)
    with serving(first, second) as server, client_of(server) as client:
        pager = client.forms.list()
        assert pager.collect(0) == []
        assert server.requests == []
        assert ids(iter(pager.collect(limit=3))) == ["a", "b", "c"]
        assert ids(iter(pager.collect(1))) == ["d"]


def test_all_there_is() -> None:
    first, second = page(["a", "b"], pages=2), page(["c"], number=2, pages=2)
    with serving(first, second) as server, client_of(server) as client:
        assert [form.id for form in client.forms.list().collect()] == ["a", "b", "c"]


@pytest.mark.parametrize("limit", [-1, "2", 1.5, True, 2**70])
def test_a_limit_that_is_none(limit: int) -> None:
    with silence() as server, client_of(server) as client:
        pager = client.forms.list()
        with pytest.raises(penbox.InvalidArgumentError, match="limit"):
            pager.collect(limit)


def test_total_count_asks_once_and_loses_nothing() -> None:
    with serving(page(["a", "b"], total=2)) as server, client_of(server) as client:
        pager = client.forms.list()
        assert (pager.total_count, pager.total_count) == (2, 2)
        assert ids(pager) == ["a", "b"]


def test_a_bare_list_has_no_total() -> None:
    with serving(answer([{"id": "w"}])) as server, client_of(server) as client:
        pager = client.workspaces.list()
        assert pager.total_count is None
        assert [workspace.id for workspace in pager] == ["w"]


def test_an_endless_list_is_an_error() -> None:
    same = page(["a", "b"], pages=5)
    with serving(same, same) as server, client_of(server) as client:
        pager = client.forms.list()
        with pytest.raises(penbox.APIResponseError) as caught:
            list(pager)
        assert caught.value.reason == "pagination_loop"
        with pytest.raises(penbox.APIResponseError, match="repeats"):
            next(pager)


def test_parts_of_a_list_can_be_named_in_annotations() -> None:
    assert str(penbox.Pager[penbox.Form]) == "penbox.Pager[penbox.models.Form]"
    assert str(penbox.Page[penbox.Form]) == "penbox.Page[penbox.models.Form]"


def test_a_page_that_failed_is_asked_for_again_where_that_may_help() -> None:
    broken = answer({}, status=500)
    second = page(["c"], number=2, pages=2)
    with serving(page(["a", "b"], pages=2), broken, broken, second) as server:
        with client_of(server) as client:
            pager = client.forms.list()
            assert ids(itertools.islice(pager, 2)) == ["a", "b"]
            for _ in range(2):
                with pytest.raises(penbox.ServerError):
                    next(pager)
            assert ids(pager) == ["c"]
            assert ids(pager) == []
            numbers = [dict(request.query)["page[number]"] for request in server.requests]
            assert numbers == ["1", "2", "2", "2"]


def test_an_error_that_stays_is_raised_again_without_a_request() -> None:
    with (
        serving(page(["a", "b"], pages=3), answer({}, status=403)) as server,
        client_of(server) as client,
    ):
        pager = client.forms.list()
        assert ids(itertools.islice(pager, 2)) == ["a", "b"]
        for again in (lambda: next(pager), lambda: list(pager), lambda: list(pager.pages())):
            with pytest.raises(penbox.PermissionDeniedError) as caught:
                again()
            assert caught.value.operation == "forms.list"
        assert len(server.requests) == 2


@pytest.mark.parametrize("ahead", [False, True])
def test_what_was_collected_before_an_error_is_kept(ahead: bool) -> None:
    broken = answer({}, status=500)
    pages = [page(["a", "b"], pages=2), broken, broken, page(["c", "d"], number=2, pages=2)]
    with serving(*pages) as server, client_of(server) as client:
        pager = client.forms.list()
        if ahead:
            pager.prefetch()
        for limit in (3, None):
            with pytest.raises(penbox.ServerError):
                pager.collect(limit)
        assert next(pager).id == "a"
        assert [ids(page) for page in pager.pages()] == [["b"], ["c", "d"]]


def completed(sandbox: Sandbox, count: int) -> list[str]:
    made = sandbox.control("POST", "forms", {"count": count, "status": "completed"})
    return sorted(made["ids"])


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("size", [100, 7, 1])
def test_every_form_is_met_though_each_leaves_the_list(
    sandbox: Sandbox, client: penbox.Client, size: int, ahead: bool
) -> None:
    made = completed(sandbox, 350 if size > 1 else 40)
    forms = client.forms.list(completed=True, processed=False, page={"size": size})
    if ahead:
        forms.prefetch()
    met = []
    for form in forms:
        client.forms.update(form.id, processed=True)
        met.append(form.id)
    assert sorted(met) == made


@pytest.mark.parametrize("sort", ["+updated_at", "-updated_at"])
def test_every_form_is_met_though_each_moves(
    sandbox: Sandbox, client: penbox.Client, sort: str
) -> None:
    made = completed(sandbox, 120)
    met = []
    for forms in client.forms.list(sort=sort, page={"size": 25}).pages():
        for form in forms:
            client.forms.update(form.id, processed=True)
            met.append(form.id)
    assert sorted(met) == made


def test_another_thread_may_process_what_is_listed(sandbox: Sandbox, client: penbox.Client) -> None:
    made = completed(sandbox, 200)
    gone, kept = made[::2], made[1::2]

    def process() -> None:
        for form in gone:
            client.forms.update(form, processed=True)

    thread = threading.Thread(target=process)
    thread.start()
    met = ids(client.forms.list(completed=True, processed=False, page={"size": 20}))
    thread.join()
    assert len(set(met)) == len(met)
    assert set(kept) <= set(met)
