"""Answers of other types than documented, and texts and numbers that few languages can hold."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

import pytest

import penbox
from penbox.models import Form
from raw import TOKEN, answer, serving


def got(body: bytes) -> Form:
    with (
        serving(body) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        return client.forms.get("a")


def test_a_misfit_is_as_it_came_and_spoils_nothing_else() -> None:
    sent = {
        "id": 5,
        "archived": "yes",
        "status": 3,
        "links": "none",
        "user": {"email": ["x"], "given_name": "Zo\u00eb"},
        "responses": [{"id": 7, "completed_at": 7}, "lost", None, {"id": "r", "attachments": {}}],
        "data": [1],
    }
    form: Any = got(answer(sent))
    assert (form.id, form.archived, form.status, form.links) == (5, "yes", 3, "none")
    assert (form.user.email, form.user.given_name) == (["x"], "Zo\u00eb")
    assert [type(one).__name__ for one in form.responses] == [
        "FormResponse",
        "str",
        "NoneType",
        "FormResponse",
    ]
    assert (form.responses[0].completed_at, form.responses[3].attachments.to_dict()) == (7, {})
    assert form.to_dict() == sent
    assert pickle.loads(pickle.dumps(form)) == form
    assert "lost" not in repr(form) or "***" in repr(form)


@pytest.mark.parametrize(
    "item", [{"id": 5}, {"status": "x"}, {"id": "b", "archived": "yes"}, None, 5, "b", [1]]
)
def test_a_page_with_a_misfit_gives_all_its_items(item: Any) -> None:
    meta = {"total_pages": "1", "total_count": "3"}
    page_of_three = answer({"data": [{"id": "a"}, item, {"id": "c"}], "meta": meta})
    with (
        serving(*[page_of_three] * 3) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        forms = list(client.forms.list())
        assert [form.to_dict() for form in forms] == [{"id": "a"}, item, {"id": "c"}]
        assert (forms[0].id, forms[2].id) == ("a", "c")
        assert client.forms.list().total_count is None
        page = client.forms.list().page(1)
        assert (len(page), page.total_count) == (3, None)
        assert page.meta is not None
        assert page.meta["total_pages"] == "1"


def test_data_that_is_null_is_an_empty_page() -> None:
    with (
        serving(answer({"data": None})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        assert list(client.forms.list()) == []


@pytest.mark.parametrize("text", ["[]", "5", '"x"', "<p>ok</p>", '{"id": "a"'])
def test_an_answer_of_no_use_is_carried_by_its_error(text: str) -> None:
    with pytest.raises(penbox.APIResponseError) as caught:
        got(answer(text=text))
    assert (caught.value.body, caught.value.outcome) == (text, "done")
    is_json = text in ("[]", "5", '"x"')
    assert ("proxy" in (caught.value.hint or "")) is not is_json


def test_half_a_pair_is_the_replacement_character() -> None:
    data = r'{"k\uDE00": ["\ude00\ud83d", "\ud83d\ude00"]}'
    text = r'{"id": "a", "user": {"given_name": "x\ud83d"}, "data": ' + data + "}"
    expected = {
        "id": "a",
        "user": {"given_name": "x\ufffd"},
        "data": {"k\ufffd": ["\ufffd\ufffd", "\U0001f600"]},
    }
    for form in (got(answer(text=text)), Form.from_json(text)):
        assert form.to_dict() == expected
        assert json.loads(form.to_json()) == expected
        assert form.user is not None
        assert form.user.given_name == "x\ufffd"
        str(form.to_dict()).encode()


def test_numbers_are_those_of_pythons_own_json() -> None:
    numbers = (
        "[1e400, -1e400, 12345678901234567890123, -12345678901234567890123, 18446744073709551616, "
        "0.1000000000000000055511151231257827, 1e2, -0.0, 1E-400, 2.50]"
    )
    text = f'{{"id": "a", "data": {{"n": {numbers}}}, "new": 12345678901234567890123}}'
    form = got(answer(text=text))
    expected = json.loads(text)
    assert repr(form.to_dict()) == repr(expected)
    assert form["new"] == 12345678901234567890123
    assert form.data is not None
    assert math.isinf(form.data["n"][0])
    assert form.to_json() == text
    # A part keeps the digits, too.
    again = Form.from_json(f'{{"id": "b", "responses": [{text}]}}')
    assert again.responses is not None
    part = again.responses[0].to_json()
    assert "1e400" in part
    assert "0.1000000000000000055511151231257827" in part
    assert json.loads(part) == expected
    assert form == Form.from_json(text)
    assert form != Form.from_json(text.replace("123}", "124}"))


def test_more_digits_than_python_reads_as_an_int() -> None:
    form = got(answer(text=f'{{"id": "a", "new": {"9" * 5000}}}'))
    assert form["new"] == math.inf


def test_options_over_options_keep_what_they_do_not_name() -> None:
    with (
        serving(answer({"id": "a"}), answer({"id": "a"})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        token = penbox.CancelToken()
        first = client.with_options(
            cancel=token, headers={"x-one": "1", "X-Two": "2"}, query={"a": "1", "b": "2"}
        )
        second = first.with_options(headers={"x-two": "22"}, query={"b": "22"}, timeout=7)
        second.forms.get("a")
        first.forms.get("a")
        for request, two in zip(server.requests, ("22", "2"), strict=True):
            seen = {name.lower(): value for name, value in request.headers.items()}
            assert (seen["x-one"], seen["x-two"]) == ("1", two)
            assert request.query == [("a", "1"), ("b", two)]
        token.cancel()
        with pytest.raises(penbox.CancelledError):
            second.forms.get("a")
