"""JSON operations as they go over the wire, and what their answers become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import penbox
from conftest import Sandbox
from raw import TOKEN, answer, serving

CASE = {"id": "c", "title": "t", "contacts": [{"key": "main", "name": "Ann"}]}
SOURCES: list[Any] = [{"id": "a"}]

CALLS: list[tuple[Callable[[penbox.Client], Any], str, Any, Any]] = [
    (lambda c: c.forms.count(group_by="data.x"), "GET /v1/forms/count", None, {"count": 3}),
    (
        lambda c: c.forms.update("f", active_until=None, archived=True),
        "PATCH /v1/forms/f",
        {"active_until": None, "archived": True},
        {"id": "f"},
    ),
    (
        lambda c: c.forms.update("f", draft=False),
        "PATCH /v1/forms/f",
        {"draft": False},
        {"id": "f"},
    ),
    (lambda c: c.form_templates.options("s"), "GET /v1/form_templates/s/options", None, {"a": [1]}),
    (lambda c: c.cases.count(status="open"), "GET /v1/cases/count", None, {"count": 0}),
    (
        lambda c: c.cases.create(template={"id": "t"}, contacts=[{"key": "main", "email": None}]),
        "POST /v1/cases",
        {"template": {"id": "t"}, "contacts": [{"key": "main", "email": None}]},
        CASE,
    ),
    (lambda c: c.cases.get("c"), "GET /v1/cases/c", None, CASE),
    (
        lambda c: c.cases.update_data("c", data={"a": None}),
        "POST /v1/cases/c/data",
        {"data": {"a": None}},
        CASE,
    ),
    (
        lambda c: c.cases.update_contacts("c", contacts=[{"key": "main"}]),
        "POST /v1/cases/c/contacts",
        {"contacts": [{"key": "main"}]},
        CASE,
    ),
    (
        lambda c: c.cases.start_step("c/d", "step key", data={"x": 1}),
        "POST /v1/cases/c%2Fd/start/step%20key",
        {"data": {"x": 1}},
        CASE,
    ),
    (lambda c: c.case_templates.get("t"), "GET /v1/case_templates/t", None, CASE),
    (lambda c: c.attachments.get("a"), "GET /v1/attachments/a", None, {"id": "a"}),
    (
        lambda c: c.document_intelligence.create(
            attachments=SOURCES, fields=[{"name": "n", "type": "text"}]
        ),
        "POST /v1/document_intelligence",
        {"attachments": SOURCES, "fields": [{"name": "n", "type": "text"}]},
        {"id": "j", "results": None},
    ),
    (
        lambda c: c.document_intelligence.get("j"),
        "GET /v1/document_intelligence/j",
        None,
        {"id": "j"},
    ),
    (lambda c: c.signatures.get("s"), "GET /v1/signatures/s", None, {"id": "s", "items": 2}),
]


@pytest.mark.parametrize(("call", "line", "body", "reply"), CALLS, ids=[call[1] for call in CALLS])
def test_a_call(call: Callable[[penbox.Client], Any], line: str, body: Any, reply: Any) -> None:
    with serving(answer(reply)) as server, penbox.Client(TOKEN, base_url=server.url) as client:
        result = call(client)
        (request,) = server.requests
    assert f"{request.method} {request.path}" == line
    assert (request.json if request.body else None) == body
    assert (result.to_dict() if isinstance(result, penbox.Model) else result) == reply


def test_a_name_that_is_no_identifier_keeps_the_wires() -> None:
    reply = {"count": 3, "by": {"a": 3}}
    with serving(answer(reply)) as server, penbox.Client(TOKEN, base_url=server.url) as client:
        count = client.forms.count(group_by="data.x", flow={"slug": ["a", "b"]})
        assert ("group-by", "data.x") in server.requests[0].query
    assert (count.count, count.by) == (3, {"a": 3})
    response = penbox.Response.from_json('{"id": "r", "$created_at": "x", "type": "responses"}')
    assert (response.created_at, response["$created_at"], response.type) == ("x", "x", "responses")
    assert response.to_dict() == {"id": "r", "$created_at": "x", "type": "responses"}


def test_nothing_is_sent_where_nothing_was_given() -> None:
    with (
        serving(answer({"id": "f"})) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.update("f")
        assert server.requests[0].json == {}


def test_a_list_of_results() -> None:
    steps = [{"id": "1", "elements": [{"key": "k", "required": True}]}, {"id": "2"}]
    with serving(answer(steps)) as server, penbox.Client(TOKEN, base_url=server.url) as client:
        read = client.form_templates.steps("s")
        assert server.requests[0].path == "/v1/form_templates/s/steps"
    assert [step.to_dict() for step in read] == steps
    assert read[0].elements is not None
    assert read[0].elements[0].required is True
    assert isinstance(read[0].elements[0], penbox.FormElement)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.cases.get("../forms"),
        lambda c: c.cases.start_step("c", ".."),
        lambda c: c.cases.start_step("c"),
        lambda c: c.form_templates.steps(""),
        lambda c: c.cases.update_data("c"),
        lambda c: c.document_intelligence.create(attachments=[], fields=[]),
    ],
)
def test_what_is_refused(call: Callable[[Any], Any]) -> None:
    with serving() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError):
            call(client)


def test_contact_data_stays_out_of_repr() -> None:
    case = penbox.Case.from_json(
        '{"id": "c", "contacts": [{"key": "main", "name": "Ann", "email": "a@b.c", "phone": "1"}]}'
    )
    assert "Ann" not in repr(case)
    assert "a@b.c" not in repr(case)
    field = penbox.ExtractedField.from_json('{"key": "name", "value": "Ann"}')
    assert repr(field) == "ExtractedField(key='name', value='***')"


def test_a_case_goes_its_way(client: penbox.Client) -> None:
    template = next(client.case_templates.list())
    assert client.case_templates.get(template.id).id == template.id
    case = client.cases.create(
        title="Renewal", template={"id": template.id}, contacts=[{"email": "ann@example.com"}]
    )
    assert [found.id for found in client.cases.list()] == [case.id]
    assert client.cases.count().count == 1
    client.cases.update_data(case.id, data={"company_name": "Acme"})
    client.cases.update_contacts(case.id, contacts=[{"key": "main", "given_name": "Ann"}])
    read = client.cases.get(case.id)
    assert read.contacts is not None
    assert (read.contacts[0].email, read.contacts[0].given_name) == ("ann@example.com", "Ann")
    assert read.schema is not None
    assert {field.key: field.value for field in read.schema}["company_name"] == "Acme"
    assert read.steps is not None
    key = read.steps[0].id
    assert key is not None
    client.cases.start_step(case.id, key, data={"a": 1})
    with pytest.raises(penbox.ConflictError):
        client.cases.start_step(case.id, key)


def test_an_answered_form(client: penbox.Client, sandbox: Sandbox) -> None:
    form = client.forms.create(
        flow={"slug": "client-onboarding"},
        user={"email": "a@example.com"},
        active_until="2099-01-01",
    )
    assert client.forms.update(form.id, active_until=None).active_until is None
    done = sandbox.control("POST", f"forms/{form.id}/complete", {"data": {"city": "Gent"}})
    response = client.responses.get(done["response_id"])
    assert response.id == done["response_id"]
    assert response.data is not None
    assert response.data["city"] == "Gent"
    assert response.created_at is not None
    assert client.forms.update(form.id, processed=True).status == "processed"
    assert client.forms.count(group_by="status").count == 1


def test_templates(client: penbox.Client) -> None:
    slugs = {template.slug for template in client.form_templates.list()}
    assert "client-onboarding" in slugs
    assert isinstance(client.form_templates.options("client-onboarding"), dict)
    steps = client.form_templates.steps("client-onboarding")
    assert steps
    assert all(isinstance(step, penbox.FormStep) for step in steps)


def test_documents_are_read(client: penbox.Client) -> None:
    file = client.attachments.upload(b"%PDF-1.4\n", name="passport.pdf")
    job = client.document_intelligence.create(
        attachments=[{"id": file.id}], fields=[{"name": "firstname", "type": "text"}]
    )
    assert client.document_intelligence.get(job.id).id == job.id


def test_extraction_waits_for_the_results(client: penbox.Client, sandbox: Sandbox) -> None:
    file = client.attachments.upload(b"%PDF-1.4\n", name="passport.pdf")
    source: penbox.ExtractionSource = {"id": file.id}
    sandbox.control("PUT", "settings", {"extraction_delay_ms": 100})
    job = client.document_intelligence.extract(
        attachments=[source], fields=[{"name": "firstname", "type": "text"}], timeout=60
    )
    assert job.results is not None
    assert job.results.fields is not None
    assert [field.name for field in job.results.fields] == ["firstname"]
    sandbox.control("PUT", "settings", {"extraction_delay_ms": 600_000})
    with pytest.raises(penbox.APITimeoutError) as caught:
        client.document_intelligence.extract(
            attachments=[source], fields=[{"name": "firstname", "type": "text"}], timeout=0.3
        )
    assert caught.value.outcome == "done"
