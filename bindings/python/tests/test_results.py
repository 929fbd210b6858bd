"""Results: views of what the server sent, and nothing else."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

import penbox
from penbox import models
from raw import TOKEN, answer, serving

FORM: dict[str, Any] = {
    "id": "a",
    "status": "brand-new-status",
    "archived": False,
    "user": {"email": "john@example.com", "given_name": "John", "locale": "fr", "anonymous": False},
    "links": {"fill": "https://fill.example/secret", "app": "https://app.example/a"},
    "data": {"iban": "BE00", "nested": [1, 2.5, None, {"x": "é\n"}]},
    "processed_at": None,
    "responses": [
        {"id": "r", "user": {"user-agent": "Firefox", "ip": "10.1.2.3"}, "data": {"k": "v"}},
        {"id": "s", "attachments": [{"id": "f", "name": "passport-john.pdf"}]},
    ],
    "notifications": [{"id": "n", "from": "penbox@example.com", "to": "john@example.com"}],
    "new_field": {"deep": [True]},
}


@pytest.fixture
def form() -> penbox.Form:
    with (
        serving(answer(FORM)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        return client.forms.get("a")


def test_fields_read_as_their_types(form: penbox.Form) -> None:
    assert (form.id, form.status, form.archived) == ("a", "brand-new-status", False)
    assert type(form.user) is penbox.FormUser
    assert form.user.email == "john@example.com"
    assert form.responses is not None
    assert [type(response) for response in form.responses] == [penbox.FormResponse] * 2
    assert form.responses[0].user is not None
    assert form.responses[0].user.user_agent == "Firefox"
    assert form.notifications is not None
    assert form.notifications[0].from_ == "penbox@example.com"
    assert form.data == FORM["data"]
    assert type(form.data) is dict


def test_absent_and_null_read_as_none(form: penbox.Form) -> None:
    assert form.processed_at is None
    assert "processed_at" in form
    assert form.owner is None
    assert "owner" not in form


def test_what_was_read_once_is_the_same_object(form: penbox.Form) -> None:
    assert form.user is form.user
    assert form.data is form.data
    assert form.responses is form.responses
    assert form["user"] is form.user


def test_items_go_by_the_wires_names(form: penbox.Form) -> None:
    assert form["new_field"] == {"deep": [True]}
    assert form["processed_at"] is None
    assert form.responses is not None
    assert form.responses[0].user is not None
    assert form.responses[0].user["user-agent"] == "Firefox"
    assert "user-agent" in form.responses[0].user
    assert "user_agent" not in form.responses[0].user
    assert list(form) == list(FORM)
    with pytest.raises(KeyError, match="owner"):
        form["owner"]
    other: Any = 3
    assert other not in form


def test_an_unknown_attribute_says_how_to_read_it(form: penbox.Form) -> None:
    name = "new_field"
    with pytest.raises(AttributeError, match=r'use \["new_field"\]'):
        getattr(form, name)
    with pytest.raises(AttributeError, match="Form has no field other"):
        form.other  # type: ignore[attr-defined]  # noqa: B018


def test_to_dict_is_what_the_server_sent(form: penbox.Form) -> None:
    assert form.to_dict() == FORM
    assert list(form.to_dict()) == list(FORM)
    assert json.loads(form.to_json()) == FORM
    assert form.user is not None
    assert form.user.to_dict() == FORM["user"]
    assert json.loads(form.user.to_json()) == FORM["user"]
    assert penbox.Form.from_json('{"id": "a"}').to_dict() == {"id": "a"}
    assert penbox.Form.from_json('{"id": null}').to_dict() == {"id": None}


def test_to_dict_gives_a_new_dict_each_time(form: penbox.Form) -> None:
    form.to_dict()["id"] = "changed"
    assert form.to_dict()["id"] == "a"


@pytest.mark.parametrize(
    "text",
    [
        "-9223372036854775808",
        "18446744073709551615",
        "1e3",
        "0.1",
        '"\\ud83d\\ude00 \\u0000"',
        "[[], {}, null, true]",
    ],
)
def test_values_are_read_as_python_reads_them(text: str) -> None:
    form = penbox.Form.from_json(f'{{"id": "a", "value": {text}}}')
    expected = json.loads(text)
    assert form["value"] == expected
    assert type(form["value"]) is type(expected)


def test_results_cannot_be_changed(form: penbox.Form) -> None:
    for name in ("id", "owner", "invented"):
        with pytest.raises(AttributeError):
            setattr(form, name, "x")
    with pytest.raises(AttributeError, match="to_dict"):
        del form.id
    assert form.id == "a"


def test_equality_is_by_class_and_content(form: penbox.Form) -> None:
    shuffled = dict(reversed(FORM.items()))
    assert form == penbox.Form.from_json(json.dumps(shuffled))
    assert form != penbox.Form.from_json(json.dumps({**FORM, "status": "draft"}))
    assert form != penbox.Workspace.from_json(json.dumps(FORM))
    assert form != FORM
    one = penbox.Form.from_json('{"id": "a", "n": 1}')
    assert one == penbox.Form.from_json('{"n": 1.0, "id": "a"}')
    assert one != penbox.Form.from_json('{"id": "a", "n": true}')
    with pytest.raises(TypeError, match="unhashable"):
        hash(form)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(form: penbox.Form, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(form, protocol))
    assert type(again) is penbox.Form
    assert again == form
    user = pickle.loads(pickle.dumps(form.user, protocol))
    assert user == form.user


def test_copies(form: penbox.Form) -> None:
    for again in (copy.copy(form), copy.deepcopy(form)):
        assert again == form
        assert again.data is not form.data


def test_repr_hides_people_and_what_may_hold_anything(form: penbox.Form) -> None:
    shown = repr(form)
    assert shown.startswith("Form(id='a', status='brand-new-status', archived=False, ")
    assert "user=FormUser(email='***', given_name='***', locale='fr', anonymous=False)" in shown
    assert "processed_at=None" in shown
    assert "data=..." in shown
    assert "new_field=..." in shown
    for secret in ("john", "John", "secret", "BE00", "10.1.2.3", "Firefox", "passport", "deep"):
        assert secret not in shown, secret


def test_dir_lists_the_fields(form: penbox.Form) -> None:
    assert {"id", "status", "user", "to_dict", "to_json"} <= set(dir(form))


def test_a_result_is_not_made_by_calling_its_class(form: penbox.Form) -> None:
    for _ in range(2):
        with pytest.raises(TypeError, match="from_json"):
            penbox.Form()  # type: ignore[call-arg]
        assert form.links is not None
        assert form.links.app == "https://app.example/a"
    with pytest.raises(TypeError, match="Handle"):
        penbox.Form("a")  # type: ignore[arg-type]


def test_a_class_of_the_callers_own_may_do_anything_while_it_is_made(form: penbox.Form) -> None:
    class Mine(penbox.Form):
        def __new__(cls, *args: Any) -> Mine:
            users.append(form.user)
            if len(users) == 1:
                others.append(Mine.from_json('{"id": "c"}'))
            with pytest.raises(TypeError, match="from_json"):
                penbox.Form()  # type: ignore[call-arg]
            return super().__new__(cls, *args)

    users: list[penbox.FormUser | None] = []
    others: list[penbox.Form] = []
    mine = Mine.from_json('{"id": "b", "user": {"email": "b@example.com"}}')
    assert mine.user is not None
    assert (type(mine), mine.id, mine.user.email) == (Mine, "b", "b@example.com")
    assert ([other.id for other in others], users) == (["c"], [form.user] * 2)


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"id": "a"}x', "null"])
def test_from_json_refuses_what_is_no_object(text: str) -> None:
    with pytest.raises(penbox.InvalidArgumentError):
        penbox.Form.from_json(text)


def test_from_json_keeps_values_of_another_type() -> None:
    form = penbox.Form.from_json('{"id": 4, "user": "x", "responses": [1, {"id": "r"}]}')
    assert (form.id, form.user) == (4, "x")  # type: ignore[comparison-overlap]
    assert form.responses is not None
    assert [form.responses[0], form.responses[1].id] == [1, "r"]


def test_a_name_given_twice_counts_as_in_python() -> None:
    text = '{"id": "a", "id": "b"}'
    form = penbox.Form.from_json(text)
    assert form.id == form["id"] == form.to_dict()["id"] == json.loads(text)["id"] == "b"


def test_many_names_do_not_mix() -> None:
    names = {f"name-{number}": number for number in range(5000)}
    form = penbox.Form.from_json(json.dumps({"id": "a", "data": names}))
    assert form.data == names


def test_every_result_class_is_exported() -> None:
    classes = {
        name
        for name, value in vars(models).items()
        if isinstance(value, type) and issubclass(value, penbox.Model)
    }
    assert classes - {"Model"} <= set(penbox.__all__)
