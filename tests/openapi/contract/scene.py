"""The things in the sandbox, and a good call of every operation: by hand, or from an example."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from contract.document import Document, Operation
from contract.sandbox import Call, Sandbox

CASE_TEMPLATE = "0ca5e000-0000-4000-8000-000000000001"
EXTRACTION_TEMPLATE = "0d1e0000-0000-4000-8000-000000000001"
WORKSPACE = "c3d4e5f6-a7b8-9012-cdef-123456789012"
SLUG = "kyc-renewal"
PDF = b"%PDF-1.4\n%%EOF\n"
ENCODED = base64.b64encode(PDF).decode()
JSON = {"accept": "application/json"}
BYTES = {"accept": "application/octet-stream"}
NEW_FORM = {
    "flow": {"slug": "kyc-renewal"},
    "company": {"slug": "acme-corp"},
    "user": {
        "email": "john@example.com",
        "phone": "+32470123456",
        "given_name": "John",
        "family_name": "Doe",
        "locale": "en",
        "company_name": "Acme",
        "internal_ref": "A-1",
    },
    "data": {"company_name": "Acme"},
    "options": {"signature_method": "sms"},
    "external_args": {"crm_id": "12345"},
    "redirect_url": "https://example.com/done",
    "draft": False,
    "active_from": "2024-01-15T10:30:00Z",
    "active_until": "2034-01-15T10:30:00Z",
    "owner": {"email": "sam@example.com"},
    "branding": {"slug": "acme"},
    "webhooks": {"https://example.com/hook": ["responses:completed", "requests:archived"]},
}
NEW_CASE = {
    "title": "Onboarding Acme",
    "reference": "A-1",
    "status": "draft",
    "template": {"id": CASE_TEMPLATE},
    "workspace": {"id": WORKSPACE},
    "owner": {"email": "sam@example.com"},
    "contacts": [
        {"key": "main", "email": "jo@example.com", "given_name": "Jo", "family_name": "Doe"},
        {"key": "accountant", "name": "Al Low", "phone": "+32470123456"},
    ],
    "schema": [{"key": "company_name", "type": "text", "value": "Acme", "name": "Company name"}],
}
EMPTY_CASE = {"template": {"id": CASE_TEMPLATE}}
NEW_JOB = {
    "attachments": [{"data": ENCODED, "name": "id.pdf", "type": "application/pdf"}],
    "fields": [{"name": "birthday", "type": "date", "key": "born", "hint": "DD/MM/YYYY"}],
    "workspace": {"id": WORKSPACE},
    "language": "en",
}
UPLOAD = {"name": "a.pdf", "data": ENCODED, "type": "application/pdf", "scope": "restricted"}
NO_TYPE = {"name": "a", "data": base64.b64encode(b"\0\1").decode()}
FORM = b"\r\n".join(
    [
        b"--edge",
        b'Content-Disposition: form-data; name="file"; filename="b.pdf"',
        b"Content-Type: application/pdf",
        b"",
        PDF,
        b"--edge--",
        b"",
    ]
)
MULTIPART = {"content-type": "multipart/form-data; boundary=edge"}


@dataclass(frozen=True)
class Things:
    """Ids of what is in the sandbox, all of the first workspace."""

    form: str
    draft: str
    response: str
    attachment: str
    unknown: str
    signature: str
    case: str
    unfilled: str
    job: str

    def args(self, path: str) -> dict[str, str]:
        """What the variables of a path stand for, by the resource that it begins with."""
        ids = {
            "forms": self.form,
            "requests": self.form,
            "responses": self.response,
            "cases": self.case,
            "case_templates": CASE_TEMPLATE,
            "attachments": self.attachment,
            "document_intelligence": self.job,
            "signatures": self.signature,
        }
        known = {"id": ids.get(path.split("/")[1], ""), "slug": SLUG, "stepKey": "send_welcome"}
        return {name: known[name] for name in re.findall(r"\{(\w+)\}", path)}


def furnish(sandbox: Sandbox) -> Things:
    """Makes one of everything, by the API where it can and by the sandbox's controls where not."""
    form = sandbox.made(Call("POST", "/forms", json=NEW_FORM))["id"]
    draft = {"flow": {"slug": "kyc-renewal"}, "draft": True, "owner": None}
    answers = {
        "data": {"company_name": "Acme SA"},
        "attachments": [{"name": "id.png", "data": ENCODED, "key": "documents"}],
        "signature": {"key": "customer_signature", "name": "Contract"},
        "user": {"email": "jo@example.com", "locale": "fr"},
    }
    done = sandbox.control("POST", f"forms/{form}/complete", answers)
    return Things(
        form=form,
        draft=sandbox.made(Call("POST", "/forms", json=draft))["id"],
        response=done["response_id"],
        attachment=sandbox.made(Call("POST", "/attachments", json=UPLOAD))["id"],
        unknown=sandbox.made(Call("POST", "/attachments", json=NO_TYPE))["id"],
        signature=done["signature_id"],
        case=sandbox.made(Call("POST", "/cases", json=NEW_CASE))["id"],
        unfilled=sandbox.made(Call("POST", "/cases", json=EMPTY_CASE))["id"],
        job=sandbox.made(Call("POST", "/document_intelligence", json=NEW_JOB))["id"],
    )


def plain(document: Document, things: Things, others: Collection[Call] = ()) -> Iterator[Call]:
    """A good call of each operation that `others` lacks: a body is the document's example."""
    called = {(call.method, call.path) for call in others}
    for each in document.operations:
        method = each.method.upper()
        if (method, each.path) not in called:
            yield Call(method, each.path, things.args(each.path), json=_example(each))


def _example(operation: Operation) -> Any:
    examples = operation.bodies.get("application/json", {}).get("examples", {})
    return next((each["value"] for each in examples.values()), None)


def good(things: Things) -> Iterator[Call]:
    """A good call for every way an operation can answer, where `plain` does not bring it up."""
    page = (("page[number]", "1"), ("page[size]", "5"))
    sorted_page = (*page, ("sort", "+updated_at"))
    form, response = {"id": things.form}, {"id": things.response}
    attachment, signature = {"id": things.attachment}, {"id": things.signature}
    case, job, template = {"id": things.case}, {"id": things.job}, {"id": CASE_TEMPLATE}
    slug = {"slug": SLUG}
    yield Call("GET", "/workspaces", query=page)
    for path, new in (("/forms", NEW_FORM), ("/requests", NEW_FORM)):
        filters = (("filter", '{"flow": {"slug": "kyc-renewal"}}'),)
        yield Call("GET", path, query=(*filters, *page))
        yield Call("POST", path, json=new)
        yield Call("GET", path + "/{id}", form)
        yield Call("PATCH", path + "/{id}", form, json={"processed": True, "archived": True})
        yield Call("PATCH", path + "/{id}", form, json={"archived": False, "active_until": None})
    yield Call("GET", "/forms", query=(("user[email]", "john@example.com"), *sorted_page))
    yield Call("GET", "/forms/count", query=(("group-by", "status"), ("completed", "true")))
    yield Call("GET", "/responses/{id}", response, headers=JSON)
    yield Call("GET", "/responses/{id}", response, headers={"accept": "application/pdf"})
    yield Call("GET", "/form_templates", query=(("archived", "true"), *sorted_page))
    yield Call("GET", "/flows", query=(("archived", "true"),))
    yield Call("GET", "/flows")
    for path in ("/form_templates/{slug}", "/flows/{slug}"):
        yield Call("GET", path + "/options", slug)
        yield Call("GET", path + "/steps", slug)
    yield Call("GET", "/companies")
    yield Call("GET", "/cases", query=(("owner[email]", "sam@example.com"), *sorted_page))
    yield Call("GET", "/cases", query=(("parent_status", "draft"), ("waiting_for", "none")))
    yield Call("GET", "/cases/count", query=(("template[id]", CASE_TEMPLATE),))
    yield Call("POST", "/cases", json=NEW_CASE)
    yield Call("GET", "/cases/{id}", case)
    yield Call("POST", "/cases/{id}/data", case, json={"data": {"employees": 12}})
    contacts = {"contacts": [{"key": "main", "phone": "+32470123457"}]}
    yield Call("POST", "/cases/{id}/contacts", case, json=contacts)
    for step, sent in (("send_welcome", {"data": {"by": "email"}}), ("final_review", None)):
        yield Call("POST", "/cases/{id}/start/{stepKey}", {**case, "stepKey": step}, json=sent)
    yield Call("GET", "/case_templates", query=(("title", "onboarding"), *sorted_page))
    yield Call("GET", "/case_templates/{id}", template)
    yield Call("POST", "/attachments", query=(("company", WORKSPACE),), json=UPLOAD)
    yield Call("POST", "/attachments", body=FORM, headers=MULTIPART)
    yield Call("GET", "/attachments/{id}", attachment, headers=JSON)
    yield Call("GET", "/attachments/{id}", attachment, headers=BYTES)
    yield Call("GET", "/attachments/{id}", {"id": things.unknown}, headers=BYTES)
    merged = (("ids", things.attachment), ("filename", "all"))
    yield Call("GET", "/attachments", query=merged)
    yield Call("POST", "/document_intelligence", json=NEW_JOB)
    known = {"attachments": [attachment], "template": {"id": EXTRACTION_TEMPLATE}}
    yield Call("POST", "/document_intelligence", json=known)
    yield Call("GET", "/document_intelligence/{id}", job)
    yield Call("GET", "/signatures/{id}", signature, headers=JSON)
    yield Call("GET", "/signatures/{id}", signature, headers=BYTES)
