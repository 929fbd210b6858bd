"""Bad input: each has a typed error, and nothing is sent."""

from __future__ import annotations

import json
from collections import OrderedDict, UserDict, deque
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest

import penbox
from penbox import NOT_GIVEN
from raw import TOKEN, answer, serving, silence

FLOW = {"slug": "client-onboarding"}


def looped() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"flow": FLOW, "usr": {}}, "there is no parameter 'usr'.*Did you mean user"),
        ({"flow": FLOW, "user": {"mail": "x"}}, "no parameter user.mail"),
        ({}, "parameter flow is required"),
        ({"flow": None}, "parameter flow is required"),
        ({"flow": {}}, "parameter flow.slug is required"),
        ({"flow": "client-onboarding"}, "flow must be an object"),
        ({"flow": FLOW, "draft": "yes"}, "draft must be true or false"),
        ({"flow": FLOW, "draft": 1}, "draft must be true or false"),
        (
            {"flow": FLOW, "redirect_url": b"x"},
            "redirect_url is of type bytes, which has no JSON form",
        ),
        ({"flow": FLOW, "data": {"all": {1, 2}}}, r"data.all is of type set.*list\(value\)"),
        ({"flow": FLOW, "data": {"all": frozenset()}}, "data.all is of type frozenset"),
        ({"flow": FLOW, "data": {"all": (n for n in [1])}}, r"data.all is of type generator.*list"),
        ({"flow": FLOW, "data": {"all": iter([1])}}, r"data.all is of type list_iterator"),
        ({"flow": FLOW, "data": {"all": {}.keys()}}, r"data.all is of type dict_keys"),
        ({"flow": FLOW, "data": {"file": bytearray(b"x")}}, "data.file is of type bytearray"),
        ({"flow": FLOW, "data": {"file": memoryview(b"x")}}, "data.file is of type memoryview"),
        ({"flow": FLOW, "data": {1: 2}}, "data has a member whose name is not text"),
        ({"flow": FLOW, "data": {"n": float("nan")}}, r"parameter data.n is (NaN|nan), which has"),
        ({"flow": FLOW, "data": {"n": float("inf")}}, "parameter data.n is inf, which has"),
        ({"flow": FLOW, "data": {"n": 2**64}}, "data.n is a whole number of more than 64 bits"),
        ({"flow": FLOW, "data": {"n": [1, object()]}}, "data.n.1 is of type object"),
        (
            {"flow": FLOW, "data": {"n": "\ud800"}},
            "parameter data.n holds a lone surrogate, half a character",
        ),
        (
            {"flow": FLOW, "data": {"a": {"\ud800": 1}}},
            "data.a has a member whose name holds a lone",
        ),
        (
            {"flow": FLOW, "data": {"loop": looped()}},
            "nested more than 100 levels deep, or contains itself",
        ),
        ({"flow": FLOW, "data": {"n": [NOT_GIVEN]}}, "NotGiven, which has no JSON form"),
        ({"flow": FLOW, "data": [1]}, "data must be an object"),
        ({"flow": FLOW, "timeout": 0}, "timeout must be a duration"),
        ({"flow": FLOW, "timeout": -1}, "timeout must be a duration"),
        ({"flow": FLOW, "timeout": "3"}, "timeout must be a duration"),
        ({"flow": FLOW, "timeout": float("nan")}, "timeout is (NaN|nan), which has"),
        ({"flow": FLOW, "timeout": 10**9}, "timeout must be a duration"),
        ({"flow": FLOW, "extra_headers": {"authorization": "x"}}, "must not be authorization"),
        ({"flow": FLOW, "extra_headers": {"x": 1}}, "header must be text"),
        ({"flow": FLOW, "extra_headers": {"x": "a\r\nb: c"}}, "no header may hold"),
        ({"flow": FLOW, "extra_headers": {"x y": "a"}}, "name that is not valid"),
        ({"flow": FLOW, "extra_headers": "x"}, "headers must be a dict"),
        ({"flow": FLOW, "extra_query": [1]}, "query must be a dict"),
        ({"flow": FLOW, "extra_body": {"x": object()}}, "option body.x is of type object"),
    ],
)
def test_create_refuses(arguments: dict[str, Any], words: str) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match=words) as caught:
            client.forms.create(**arguments)
        assert caught.value.outcome == "not_sent"
        assert caught.value.operation == "forms.create"
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        assert TOKEN not in str(caught.value)


class Growing(Mapping[str, int]):
    """A mapping that, when it is read, adds a member to the dict it stands in."""

    def __init__(self, around: dict[str, Any]) -> None:
        self.around = around

    def __iter__(self) -> Iterator[str]:
        self.around[str(len(self.around))] = 1
        return iter(["a"])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, name: str) -> int:
        return 5


def test_a_dict_that_changes_while_it_is_read_is_sent_as_it_was() -> None:
    data: dict[str, Any] = {}
    data |= {"first": Growing(data), "second": Growing(data)}
    with (
        serving(answer({"id": "a"})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.create(flow={"slug": "x"}, data=data)
    assert server.requests[0].json["data"] == {"first": {"a": 5}, "second": {"a": 5}}
    assert len(data) > 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"page": {"size": 101}}, "page.size must be a whole number from 1 to 100"),
        ({"page": {"size": "2"}}, "page.size must be"),
        ({"page": {"number": 0}}, "page.number must be"),
        ({"page": 2}, "page must be an object"),
        ({"user": "john"}, "user must be an object"),
        ({"archived": "no"}, "archived must be true or false"),
        (
            {"filter": {"attributes": {"a": {"$eq": 1}}}, "user": {"email": "x"}},
            "filter cannot be combined with user",
        ),
        ({"sort": 1}, "sort must be text"),
        ({"extra_body": {"x": 1}}, "there is no parameter 'extra_body'"),
    ],
)
def test_list_refuses_at_once(arguments: dict[str, Any], words: str) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match=words) as caught:
            client.forms.list(**arguments)
        assert caught.value.operation == "forms.list"


NOTHING = [
    ({"user": {"email": None}}, "user.email is None"),
    ({"flow": {"slug": []}}, "flow.slug is an empty list"),
    ({"flow": {"slug": ()}}, "flow.slug is an empty list"),
    ({"flow": {"slug": ["a", None]}}, "flow.slug.1 is None"),
    ({"completed": None}, "completed is None"),
    ({"workspace": {}}, "workspace is an empty object"),
    ({"workspace": {"slug": " "}}, "workspace.slug is empty text"),
    ({"workspace": {"id": NOT_GIVEN}}, "workspace is an empty object"),
    ({"user": {"email": ""}}, "user.email is empty text"),
    ({"sort": None}, "sort is None"),
    ({"page": {"number": None}}, "page.number is None"),
    ({"filter": None}, "filter is None"),
    ({"filter": {"attributes": {"status": {"$in": []}}}}, r"status.\$in is an empty list"),
    ({"extra_query": {"status": None}}, "extra query parameter status is None"),
    ({"extra_query": {"status": []}}, "extra query parameter status is an empty list"),
]


@pytest.mark.parametrize(("arguments", "words"), NOTHING)
def test_a_condition_that_holds_nothing_is_refused(arguments: dict[str, Any], words: str) -> None:
    """It would be dropped, and the call would ask for everything."""
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        calls: list[Any] = [client.forms.list]
        if not {"sort", "page"} & set(arguments):
            calls.append(client.forms.count)
        for call in calls:
            with pytest.raises(penbox.InvalidArgumentError, match=words) as caught:
                call(**arguments)
            assert caught.value.outcome == "not_sent"
            assert caught.value.operation in ("forms.list", "forms.count")
            assert "or give NOT_GIVEN" in (caught.value.hint or "")


def test_a_renamed_parameter_is_named_as_it_is_written_here() -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        count: Any = client.forms.count
        with pytest.raises(penbox.InvalidArgumentError, match="parameter group_by is None"):
            count(group_by=None)
        with pytest.raises(penbox.InvalidArgumentError, match="parameter group_by must be text"):
            count(group_by=5)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], "ids is an empty list"),
        ([None], "ids.0 is None"),
        (["a", ""], "ids.1 is empty text"),
        ("", "ids is empty text"),
        ("a,,b", "ids holds an empty id"),
        (["a,b"], "ids.0 holds a comma"),
        (None, "ids is required"),
        (NOT_GIVEN, "ids is required"),
    ],
)
def test_no_ids_are_not_all_ids(ids: Any, words: str) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match=words) as caught:
            client.attachments.download_merged(ids=ids)
        assert caught.value.operation == "attachments.download_merged"


def test_not_given_is_absent_wherever_a_keyword_is_taken() -> None:
    page = answer({"data": []})
    absent: Any = {"timeout": NOT_GIVEN, "proxy": NOT_GIVEN}
    with (
        serving(page, answer({"id": "a"}), answer({"id": "a"})) as server,
        penbox.Client(TOKEN, base_url=server.url, **absent) as client,
    ):
        names = ("timeout", "cancel", "extra_headers", "extra_query")
        options: dict[str, Any] = dict.fromkeys(names, NOT_GIVEN)
        filters: Any = {"user": {"email": NOT_GIVEN, "phone": "+32"}, "completed": NOT_GIVEN}
        assert list(client.forms.list(**filters, **options)) == []
        assert ("user[phone]", "+32") in server.requests[0].query
        assert len(server.requests[0].query) == 4
        names = ("timeout", "headers", "query", "max_attempts")
        unset: Any = dict.fromkeys(names, NOT_GIVEN)
        clone: Any = client.with_options(**unset)
        clone.forms.create(flow={"slug": "x"}, user=NOT_GIVEN, extra_body=NOT_GIVEN, **options)
        assert server.requests[1].json == {"flow": {"slug": "x"}}
        upload: Any = client.attachments.upload
        upload(b"x", name="a.txt", type=NOT_GIVEN, scope=NOT_GIVEN, on_progress=NOT_GIVEN)
        with pytest.raises(penbox.InvalidArgumentError, match="id is required"):
            clone.forms.get(NOT_GIVEN)
    assert (repr(NOT_GIVEN), bool(NOT_GIVEN)) == ("NOT_GIVEN", False)


def test_a_null_operand_is_a_condition() -> None:
    condition = {"attributes": {"closed_at": {"$eq": None}}}
    with (
        serving(answer({"data": []})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        assert list(client.forms.list(filter=condition)) == []
    assert json.loads(dict(server.requests[0].query)["filter"]) == condition


@pytest.mark.parametrize(
    "id", ["", " ", ".", "..", "../workspaces", "a/../b", "..\\x", "a\nb", "x" * 513, 3, None, b"a"]
)
def test_get_refuses(id: Any) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match="id"):
            client.forms.get(id)


def test_get_refuses_another_number_of_arguments() -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        forms: Any = client.forms
        with pytest.raises(penbox.InvalidArgumentError, match="parameter id is required"):
            forms.get()
        with pytest.raises(penbox.InvalidArgumentError, match="by name"):
            forms.get("a", "b")
        with pytest.raises(penbox.InvalidArgumentError, match="by name"):
            forms.create(FLOW)
        with pytest.raises(penbox.InvalidArgumentError, match="multiple values"):
            forms.get("a", id="b")


def test_an_error_of_the_callers_own_stays_what_it_is() -> None:
    class Odd(UserDict[str, Any]):
        def items(self) -> Any:
            raise TypeError("mine")

    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(TypeError, match="mine"):
            client.forms.create(flow={"slug": "x"}, data=Odd(a=1))


def test_with_options_refuses() -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        options: Any = client.with_options
        bad: list[dict[str, Any]] = [
            {"tiemout": 3},
            {"timeout": 0},
            {"headers": {"a": 1}},
            {"query": 3},
            {"body": []},
        ]
        for arguments in bad:
            with pytest.raises(penbox.InvalidArgumentError):
                options(**arguments)
        with pytest.raises(penbox.InvalidArgumentError, match="sends no body"):
            client.with_options(body={"x": 1}).forms.get("a")


def test_a_closed_client_sends_nothing() -> None:
    with silence() as server:
        client = penbox.Client(TOKEN, base_url=server.url)
        clone = client.with_options(timeout=3)
        client.close()
        client.close()
        for closed in (client, clone):
            with pytest.raises(penbox.ClosedError) as caught:
                closed.forms.get("a")
            assert caught.value.outcome == "not_sent"


def test_none_is_null_and_not_given_is_left_out() -> None:
    with (
        serving(answer({"id": "a"})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.create(
            flow={"slug": "x"}, owner=None, draft=NOT_GIVEN, user={"email": None}, data={"a": None}
        )
        assert server.requests[0].json == {
            "flow": {"slug": "x"},
            "owner": None,
            "user": {"email": None},
            "data": {"a": None},
        }


def test_what_looks_like_json_is_taken() -> None:
    class Text(str):
        __slots__ = ()

    data = {
        "mapping": MappingProxyType({"a": OrderedDict(b=1)}),
        "sequence": (1, deque([2]), range(3)),
        "text": Text("x"),
        "big": 2**64 - 1,
        "small": -(2**63),
        "float": 1.5,
        "flag": True,
    }
    with (
        serving(answer({"id": "a"})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.create(flow={"slug": "x"}, data=data)
        assert server.requests[0].json["data"] == {
            "mapping": {"a": {"b": 1}},
            "sequence": [1, [2], [0, 1, 2]],
            "text": "x",
            "big": 2**64 - 1,
            "small": -(2**63),
            "float": 1.5,
            "flag": True,
        }


def test_options_of_a_call_lie_over_those_of_the_client() -> None:
    one, two = answer({"id": "a"}), answer({"id": "b"})
    with (
        serving(one, two) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        clone = client.with_options(
            headers={"X-One": "client", "X-Two": "client"}, query={"q": 1}, body={"extra": 1}
        )
        clone.forms.create(
            flow={"slug": "x"},
            extra_headers={"x-two": "call"},
            extra_query={"r": [2, 3]},
            extra_body={"more": None},
        )
        client.forms.create(flow={"slug": "x"})
        first, second = server.requests
        assert (first.headers["x-one"], first.headers["x-two"]) == ("client", "call")
        assert first.query == [("q", "1"), ("r", "2"), ("r", "3")]
        assert first.json == {"flow": {"slug": "x"}, "extra": 1, "more": None}
        assert "x-one" not in second.headers
        assert (second.query, second.json) == ([], {"flow": {"slug": "x"}})
        assert server.connections == 1
