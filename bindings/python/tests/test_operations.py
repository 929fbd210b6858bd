"""Operations end to end, against the sandbox."""

from __future__ import annotations

import pytest

import penbox
from conftest import Sandbox


def test_a_form_is_created_read_and_listed(client: penbox.Client) -> None:
    made = client.forms.create(
        flow={"slug": "client-onboarding"},
        user={"email": "john@example.com", "given_name": "John"},
        data={"city": "Liège"},
        external_args={"case": 7},
    )
    read = client.forms.get(made.id)
    assert read.id == made.id
    assert read.status == "pending"
    assert read.user is not None
    assert read.user.email == "john@example.com"
    assert read.data == {"city": "Liège"}
    assert read.external_args == {"case": 7}
    assert read.links is not None
    assert read.links.fill is not None
    assert [form.id for form in client.forms.list()] == [made.id]


def test_a_draft_is_a_draft(client: penbox.Client) -> None:
    form = client.forms.create(
        flow={"slug": "client-onboarding"}, user={"email": "a@example.com"}, draft=True
    )
    assert form.status == "draft"


def test_workspaces(client: penbox.Client) -> None:
    assert [workspace.slug for workspace in client.workspaces.list()] == ["acme-corp"]


def test_filters_narrow_a_list(client: penbox.Client) -> None:
    for name in ("ann", "bob"):
        client.forms.create(
            flow={"slug": "client-onboarding"}, user={"email": f"{name}@example.com"}
        )
    found = list(client.forms.list(user={"email": "bob@example.com"}))
    assert [form.user and form.user.email for form in found] == ["bob@example.com"]
    assert list(client.forms.list(completed=True)) == []


def test_every_page_of_a_long_list_is_walked_once(client: penbox.Client, sandbox: Sandbox) -> None:
    ids = sandbox.control("POST", "forms", {"count": 250})["ids"]
    pager = client.forms.list()
    assert pager.total_count == 250
    assert {form.id for form in pager} == set(ids)
    asked = [r for r in sandbox.control("GET", "requests")["requests"] if r["method"] == "GET"]
    assert len(asked) == 3


def test_sort_is_kept(client: penbox.Client, sandbox: Sandbox) -> None:
    ids = sandbox.control("POST", "forms", {"count": 5})["ids"]
    assert [form.id for form in client.forms.list(sort="+created_at")] == ids
    assert [form.id for form in client.forms.list()] == ids[::-1]


def test_what_is_not_there_is_not_found(client: penbox.Client) -> None:
    with pytest.raises(penbox.NotFoundError) as caught:
        client.forms.get("00000000-0000-4000-8000-000000000000")
    error = caught.value
    assert (error.http_status, error.operation, error.method) == (404, "forms.get", "GET")
    assert error.path == "/forms/{id}"
    assert error.outcome == "rejected"


def test_a_revoked_token_is_told(client: penbox.Client, sandbox: Sandbox) -> None:
    sandbox.control("POST", "tokens/revoke", {"token": sandbox.token})
    with pytest.raises(penbox.AuthenticationError) as caught:
        list(client.workspaces.list())
    assert caught.value.hint
    assert sandbox.token not in str(caught.value)


def test_the_rate_limit_says_how_long_to_wait(client: penbox.Client, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "rate_limit", {"requests": 1, "window_ms": 60_000})
    list(client.workspaces.list())
    with pytest.raises(penbox.RateLimitError) as caught:
        list(client.with_options(max_attempts=1).workspaces.list())
    assert isinstance(caught.value.retry_after, float)
    assert 0 < caught.value.retry_after <= 61
    assert caught.value.retryable
