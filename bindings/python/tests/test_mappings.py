"""Results where mappings are taken: Python itself, pandas, FastAPI, pydantic, Sentry, rich."""

from __future__ import annotations

import collections.abc
import copy
import gc
import io
import json
import logging
import pickle
import weakref
from typing import Any

import fastapi
import pandas  # type: ignore[import-untyped]
import pydantic
import pytest
import rich.console
import rich.pretty
import sentry_sdk
from fastapi.testclient import TestClient
from sentry_sdk.transport import Transport

import penbox
from conftest import Sandbox

SECRET = "john@example.com"
MEMBERS: dict[str, Any] = {
    "id": "a",
    "status": "pending",
    "processed_at": None,
    "user": {"email": SECRET, "locale": "fr"},
    "data": {"iban": "BE00"},
    "responses": [{"id": "r", "user": {"ip": "10.1.2.3"}}],
    "new_field": {"deep": [True]},
}
FORM = penbox.Form.from_json(json.dumps(MEMBERS))
SIGNATURE = penbox.Signature.from_json('{"id": "s", "items": 3}')


def test_it_is_a_mapping() -> None:
    assert isinstance(FORM, collections.abc.Mapping)
    assert issubclass(penbox.Form, collections.abc.Mapping)
    assert not isinstance(FORM, collections.abc.MutableMapping | collections.abc.Sequence)
    assert list(FORM) == list(FORM.keys()) == list(MEMBERS)
    assert len(FORM) == len(MEMBERS)
    assert FORM.keys() & {"id", "other"} == {"id"}
    assert ("id", "a") in FORM.items()
    assert "pending" in FORM.values()
    assert dict(FORM) == {**FORM} == dict(FORM.items())
    assert dict(FORM)["user"] is FORM.user


def test_values_are_results() -> None:
    values = dict(zip(FORM.keys(), FORM.values(), strict=True))
    assert type(values["user"]) is penbox.FormUser
    assert type(values["responses"][0]) is penbox.FormResponse
    assert values["new_field"] == {"deep": [True]}
    assert values["processed_at"] is None


def test_get() -> None:
    assert FORM.get("id") == "a"
    assert FORM.get("processed_at", 1) is None
    assert FORM.get("owner") is None
    assert FORM.get("owner", 1) == 1
    unknown: Any = 3
    assert FORM.get(unknown, 2) == 2
    assert unknown not in FORM
    for key in (unknown, "\udcff", "owner"):
        with pytest.raises(KeyError) as raised:
            FORM[key]
        assert raised.value.args == (key,)


def test_it_is_always_true() -> None:
    empty = penbox.Form.from_json("{}")
    assert (len(empty), bool(empty)) == (0, True)


def test_match() -> None:
    match FORM:
        case {"status": "done"}:
            raise AssertionError
        case {"status": status, "user": {"email": email}, **rest}:
            assert (status, email) == ("pending", SECRET)
            assert set(rest) == set(MEMBERS) - {"status", "user"}
        case _:
            raise AssertionError


def test_a_method_wins_over_a_field_of_its_name() -> None:
    assert SIGNATURE["items"] == 3
    assert SIGNATURE.items_ == 3
    assert dict(SIGNATURE.items()) == {"id": "s", "items": 3}
    assert repr(SIGNATURE) == "Signature(id='s', items=3)"


def test_it_equals_results_of_its_class_only() -> None:
    assert FORM != MEMBERS
    assert MEMBERS != FORM
    assert dict(FORM) != MEMBERS
    assert FORM.to_dict() == MEMBERS


def test_json() -> None:
    with pytest.raises(TypeError):
        json.dumps(FORM)
    assert json.loads(json.dumps([FORM, {"a": FORM.user}], default=penbox.to_json)) == [
        MEMBERS,
        {"a": MEMBERS["user"]},
    ]
    with pytest.raises(TypeError, match="Object of type object is not JSON serializable"):
        json.dumps(object(), default=penbox.to_json)


def test_a_page_as_json(sandbox: Sandbox) -> None:
    with penbox.Client(sandbox.token, base_url=sandbox.url) as client:
        form = client.forms.create(flow={"slug": "client-onboarding"}, user={"email": SECRET})
        page = client.forms.list().page(1)
    ids = [item["id"] for item in json.loads(json.dumps(page, default=penbox.to_json))]
    assert ids == [form.id]


def test_copies_and_references() -> None:
    for again in (copy.copy(FORM), copy.deepcopy(FORM), pickle.loads(pickle.dumps(FORM))):
        assert again == FORM
        assert type(again) is penbox.Form
    form: penbox.Form | None = copy.copy(FORM)
    assert form is not None
    reference = weakref.ref(form)
    assert reference() is form
    form = None
    gc.collect()
    assert reference() is None


def test_pandas() -> None:
    frame = pandas.DataFrame([FORM, penbox.Form.from_json('{"id": "b", "status": "done"}')])
    assert list(frame.columns) == list(MEMBERS)
    assert list(frame["id"]) == ["a", "b"]
    assert list(frame["status"]) == ["pending", "done"]
    series = pandas.Series(FORM)
    assert series["status"] == "pending"
    flat = pandas.json_normalize([FORM.to_dict()])
    assert flat["user.email"][0] == SECRET


class Answer(pydantic.BaseModel):
    """A user's own model with a result in it."""

    form: penbox.Form
    owner: penbox.Owner | None = None


def test_pydantic() -> None:
    answer = Answer(form=FORM)
    assert answer.form is FORM
    assert answer.model_dump()["form"] == MEMBERS
    assert json.loads(answer.model_dump_json())["form"] == MEMBERS
    again = Answer.model_validate_json(answer.model_dump_json())
    assert again == answer
    assert type(again.form) is penbox.Form
    assert Answer.model_validate({"form": MEMBERS}).form == FORM
    wrongs: list[Any] = [3, [], {"id": object()}, {"id": float("nan")}]
    for wrong in wrongs:
        with pytest.raises(pydantic.ValidationError):
            Answer.model_validate({"form": wrong})
    assert pydantic.TypeAdapter(dict[str, Any]).dump_python({"a": [FORM]}) == {"a": [MEMBERS]}
    assert pydantic.TypeAdapter(penbox.Form).validate_python(MEMBERS) == FORM
    assert pydantic.TypeAdapter(list[penbox.Form]).dump_python([FORM]) == [MEMBERS]
    schema = Answer.model_json_schema()
    assert schema["properties"]["form"]["title"] == "Form"
    assert schema["properties"]["form"]["type"] == "object"


app = fastapi.FastAPI()


@app.get("/typed")
def typed() -> penbox.Form:
    return FORM


@app.get("/untyped")
def untyped() -> dict[str, Any]:
    return {"forms": [FORM]}


@app.post("/taken")
def taken(form: penbox.Form) -> str:
    return f"{type(form).__name__} {form.id}"


def test_fastapi() -> None:
    with TestClient(app) as client:
        assert client.get("/typed").json() == MEMBERS
        assert client.get("/untyped").json() == {"forms": [MEMBERS]}
        assert client.post("/taken", json=MEMBERS).json() == "Form a"
        assert client.post("/taken", json=[1]).status_code == 422
        assert "/typed" in client.get("/openapi.json").json()["paths"]


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.texts.append(envelope.serialize().decode())


def test_sentry_sees_no_contact_data() -> None:
    kept = Kept()
    sentry_sdk.init(
        "http://key@127.0.0.1:9/1",
        transport=kept,
        default_integrations=False,
        include_local_variables=True,
    )
    try:
        form, listed = FORM, {"forms": [FORM, FORM.user]}
        sentry_sdk.set_context("ours", {"form": form, "listed": listed})
        try:
            raise RuntimeError("as a program's own")
        except RuntimeError as error:
            sentry_sdk.capture_exception(error)
        sentry_sdk.flush()
    finally:
        sentry_sdk.init()
    (text,) = kept.texts
    assert "Form(id=" in text
    assert SECRET not in text.replace(repr(SECRET), "")
    assert "10.1.2.3" not in text
    assert "BE00" not in text


def test_printers_and_loggers_show_no_contact_data(caplog: pytest.LogCaptureFixture) -> None:
    out = io.StringIO()
    console = rich.console.Console(file=out, width=100)
    console.print(FORM)
    try:
        form = FORM  # noqa: F841
        raise RuntimeError
    except RuntimeError:
        console.print_exception(show_locals=True)
    logging.getLogger("mine").warning("%s", FORM)
    # A member a line where the line is short: that it is walked, and masked all the same.
    assert "\n    id='a',\n" in rich.pretty.pretty_repr(FORM, max_width=30)
    for text in (out.getvalue(), caplog.text, repr(FORM.items()), f"{FORM}"):
        assert "pending" in text
        assert "***" in text
        assert "10.1.2.3" not in text
        assert "BE00" not in text
    # The name of a test's constant is no leak, its value would be.
    assert SECRET not in repr(FORM.items()) + caplog.text
