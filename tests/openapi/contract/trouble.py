"""Calls that go wrong: what every operation refuses, and what only some do."""

from __future__ import annotations

from collections.abc import Iterator

from contract.sandbox import GLOBEX, Call, Sandbox
from contract.scene import (
    ENCODED,
    EXTRACTION_TEMPLATE,
    NEW_CASE,
    NEW_FORM,
    NEW_JOB,
    UPLOAD,
    Things,
)

NOWHERE = "00000000-0000-4000-8000-000000000000"
TOO_MUCH = b'{"data": "' + b"x" * (16 * 1024 * 1024) + b'"}'
LIMIT = {"requests": 1, "window_ms": 600_000, "retry_after": 60}


def refused_everywhere(sandbox: Sandbox, calls: list[Call]) -> None:
    """No token, a token nobody knows, the short answer to it, and too many calls."""
    unknown = "pnbx_" + "nobody_knows_this_one"
    for call in calls:
        sandbox.make(call.but(token=None))
        sandbox.make(call.but(token=unknown))
    sandbox.control("PUT", "settings", {"short_401": True})
    for call in calls:
        sandbox.make(call.but(token=unknown))
    sandbox.control("PUT", "settings", {"short_401": False})
    sandbox.control("PUT", "rate_limit", LIMIT)
    sandbox.make(Call("GET", "/workspaces"))
    for call in calls:
        sandbox.make(call)
    sandbox.control("PUT", "rate_limit")


def wrong(call: Call) -> Iterator[Call]:
    """What is wrong with this call once its id or body is, or the token is another's."""
    if "id" in call.args:
        yield call.but(args={**call.args, "id": "no-uuid"})
        yield call.but(args={**call.args, "id": NOWHERE})
        yield call.but(token=GLOBEX)
    if call.method != "GET":
        broken = {"content-type": "application/json"}
        yield call.but(json=None, body=b'{"data": ', headers=broken)
        yield call.but(json=None, body=TOO_MUCH, headers=broken)


def particular(sandbox: Sandbox, things: Things) -> None:
    """What is wrong with some operations only."""
    both = sandbox.control("POST", "tokens", {"workspaces": ["acme-corp", "globex"]})["token"]
    for call in _particular(things, both):
        sandbox.make(call)
    sandbox.control("PUT", "settings", {"attachment_limit": 1})
    sandbox.make(Call("POST", "/attachments", json=UPLOAD))
    sandbox.control("PUT", "settings", {"attachment_limit": 1024})
    sandbox.control("PUT", "settings", {"extraction_delay_ms": 600_000})
    job = sandbox.made(Call("POST", "/document_intelligence", json=NEW_JOB))
    sandbox.make(Call("GET", "/document_intelligence/{id}", {"id": job["id"]}))
    sandbox.control("PUT", "settings", {"extraction_delay_ms": 0})


def _particular(things: Things, both: str) -> Iterator[Call]:
    past = (("page[number]", "999"),)
    for path in ("/workspaces", "/forms", "/requests", "/form_templates", "/cases"):
        yield Call("GET", path, query=past)
        yield Call("GET", path, query=(("page[size]", "101"),))
    yield Call("GET", "/case_templates", query=(("sort", "title"),))
    yield Call("GET", "/flows", query=(("archived", "perhaps"),))
    for path in ("/forms/count", "/cases/count"):
        yield Call("GET", path, query=(("filter", "{"),))
    for path in ("/forms", "/requests"):
        yield Call("POST", path, json={"flow": {"slug": "no-such-template"}})
        yield Call("POST", path, json={"flow": {"slug": "client-onboarding"}}, token=both)
        backwards = {"active_from": "2030-01-01T00:00:00Z", "active_until": "2029-01-01T00:00:00Z"}
        yield Call("POST", path, json={**NEW_FORM, **backwards})
        yield Call("POST", path, json={**NEW_FORM, "company": {"slug": "globex"}})
        draft = {"id": things.draft}
        yield Call("PATCH", path + "/{id}", draft, json={"processed": True})
    for path in ("/form_templates/{slug}", "/flows/{slug}"):
        for last in ("/options", "/steps"):
            yield Call("GET", path + last, {"slug": "no-such-template"})
            yield Call("GET", path + last, {"slug": "client-onboarding"}, token=both)
    yield Call("POST", "/cases", json=NEW_CASE, token=GLOBEX)
    yield Call("POST", "/cases", json={"title": "Lost", "workspace": {"id": NOWHERE}})
    step = {"id": things.case, "stepKey": "no_such_step"}
    yield Call("POST", "/cases/{id}/start/{stepKey}", step)
    started = {"id": things.case, "stepKey": "send_welcome"}
    yield Call("POST", "/cases/{id}/start/{stepKey}", started)
    unfilled = {"id": things.unfilled, "stepKey": "final_review"}
    yield Call("POST", "/cases/{id}/start/{stepKey}", unfilled)
    template = {"id": NEW_CASE["template"]["id"]}  # type: ignore[index]
    yield Call("POST", "/cases/{id}/data", template, json={"data": {}})
    yield Call("POST", "/cases/{id}/contacts", template, json={"contacts": []})
    yield Call("POST", "/attachments", query=(("company", NOWHERE),), json=UPLOAD)
    yield Call("POST", "/attachments", query=(("company", "globex"),), json=UPLOAD)
    for ids in ("", "no-uuid", NOWHERE, things.attachment):
        token = GLOBEX if ids == things.attachment else both
        yield Call("GET", "/attachments", query=(("ids", ids),), token=token)
    for known, token in ((NOWHERE, both), (things.attachment, GLOBEX)):
        job = {"attachments": [{"id": known}], "fields": [{"name": "a", "type": "text"}]}
        yield Call("POST", "/document_intelligence", json=job, token=token)
    yield Call(
        "POST",
        "/document_intelligence",
        json={"attachments": [{"id": things.attachment}], "template": {"id": EXTRACTION_TEMPLATE}},
        token=GLOBEX,
    )
    nothing = {"attachments": [{"data": ENCODED, "name": "a", "type": "x"}], "fields": []}
    yield Call("POST", "/document_intelligence", json=nothing)
